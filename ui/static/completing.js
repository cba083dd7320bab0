// While a question is typed: known questions to pick from, in a list above the box.
//
// The list is used as that of a combobox. HTML allows a <textarea> neither that role nor
// aria-expanded, so it stays a text field that names its list, and how many are in it is told.

import { ask } from "./asking.js";
import { box } from "./tab.js";

const PAUSE = 150; // ms without a key before anything is asked for
const LEAST = 3; // characters

const list = () => document.getElementById("offered");
const told = () => document.getElementById("offering");
const options = () => [...list().children];
const active = () => list().querySelector('[aria-selected="true"]');

let pause = 0;
let request = new AbortController();

const activate = (option) => {
  active()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  for (const one of [box(), list()]) {
    if (option) one.setAttribute("aria-activedescendant", option.id);
    else one.removeAttribute("aria-activedescendant");
  }
};

// Drops what is on its way too: it would open the list again.
const close = () => {
  clearTimeout(pause);
  request.abort();
  activate(null);
  if (document.activeElement === list()) box().focus();
  list().hidden = true;
  told().textContent = "";
};

const show = (questions) => {
  activate(null);
  list().replaceChildren(
    ...questions.map((text, place) => {
      const option = Object.assign(document.createElement("li"), { id: `offered-${place}`, textContent: text });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }),
  );
  list().scrollTop = 0;
  list().hidden = !questions.length;
  told().textContent = questions.length ? told().dataset.words.replace("{count}", questions.length) : "";
};

const complete = async (text) => {
  request = new AbortController();
  const address = new URL(`complete?lang=${document.documentElement.lang}`, document.baseURI);
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
      signal: request.signal,
    });
    if (response.ok) show(await response.json());
    else close();
  } catch {
    // Another key came first, or the line is down: nobody waits for this.
  }
};

const typed = (event) => {
  if (!event.isTrusted) return; // written by the page, not by the visitor
  clearTimeout(pause);
  request.abort();
  const text = box().value.trim();
  if (text.length < LEAST || text.length > list().dataset.maximum) close();
  else pause = setTimeout(complete, PAUSE, text);
};

const pick = (option) => {
  const text = option.textContent;
  close();
  ask(text);
};

const move = (step) => {
  const all = [null, ...options()];
  activate(all.at((all.indexOf(active()) + step) % all.length));
};

const press = (event) => {
  if (![box(), list()].includes(event.target)) return;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const open = !list().hidden;
  const taken = {
    ArrowDown: open && !event.shiftKey && (() => move(1)),
    ArrowUp: open && !event.shiftKey && (() => move(-1)),
    Escape: open && close,
    Enter: !event.shiftKey && active() && (() => pick(active())),
  }[event.key];
  if (taken) {
    event.preventDefault();
    event.stopImmediatePropagation();
    taken();
  } else if (event.key === "Enter" && !event.shiftKey) close();
};

export const completeBox = () => {
  box().setAttribute("aria-autocomplete", "list");
  box().setAttribute("aria-haspopup", "listbox");
  box().setAttribute("aria-controls", list().id);
  box().addEventListener("input", typed);
  // A list that scrolls can be gone to with the Tab key.
  for (const [one, other] of [[box(), list()], [list(), box()]])
    one.addEventListener("blur", (event) => event.relatedTarget === other || close());
  // Before the box sends what is in it.
  addEventListener("keydown", press, true);
  list().addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list().addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick(option);
  });
};
