// Follows the conversation that Gradio shows, and finds it again after a reload.

import { showOpinions } from "./answers.js";
import { ask, asked, count, state } from "./asking.js";
import { box, hiddenField, PENDING, questions, storage, thread, type, VISIT, WIDE } from "./tab.js";
import { keepNewest, showNewest } from "./viewport.js";

const LONGEST_RECALL = 10_000; // ms
const announcer = () => document.getElementById("announcer");

// Gradio gives each message its whole HTML source as an English label, and has the whole thread
// read out at every change; screen readers should read the message, and be told of the answer.
const tidyLabels = () => {
  for (const one of document.querySelectorAll('[data-testid="bot"][aria-label], [data-testid="user"][aria-label]'))
    one.removeAttribute("aria-label");
  for (const log of document.querySelectorAll('#thread [role="log"]:not([aria-live="off"])')) {
    log.setAttribute("aria-live", "off");
    log.setAttribute("aria-label", announcer().dataset.thread);
  }
};

// Gradio tells troubles in English; they are told in the visitor's language.
const tellTrouble = () => {
  const told = document.querySelector(".toast-wrap .toast-message-text");
  const trouble = document.getElementById("trouble");
  if (trouble.hidden === !told) return;
  trouble.hidden = !told;
  trouble.textContent = !told ? "" : /connection/i.test(told.textContent) ? trouble.dataset.lost : trouble.dataset.failed;
};

let seen = 0;
let answered = 0;

const follow = () => {
  tidyLabels();
  tellTrouble();
  const all = questions();
  const exchanges = [...(thread()?.querySelectorAll(".exchange[data-conversation]") ?? [])];
  document.body.classList.toggle("begun", Boolean(thread()?.querySelector(".question, .exchange, .note")));
  document.querySelector(".banner .conversation").hidden = !all.length;
  if (all.length > seen) {
    if (!state.restoring) {
      announcer().textContent = announcer().dataset.searching;
      showNewest();
      asked();
    }
    document.getElementById("restored").hidden = true;
  }
  seen = all.length;
  if (exchanges.length > answered) {
    const last = exchanges.at(-1);
    storage.set(VISIT, last.dataset.conversation);
    if (!state.restoring) {
      storage.set(PENDING, "");
      announcer().textContent = last.querySelector(".said").innerText;
      count();
      if (WIDE.matches) last.querySelector("details.source")?.setAttribute("open", "");
    }
  }
  answered = exchanges.length;
  keepNewest();
};

const putBack = () => {
  const lost = storage.get(PENDING);
  storage.set(PENDING, "");
  const last = questions().at(-1)?.querySelector("h2").innerText;
  if (!lost || last?.trim() === lost.trim()) return;
  type(box(), lost);
  document.getElementById("restored").hidden = false;
};

const goOn = () => (state.waiting ? ask(state.waiting) : putBack());

export const restore = () => {
  const name = storage.get(VISIT);
  if (!name) return goOn();
  type(hiddenField("recalled"), name);
  // The server names the visit once its messages are there; "-" when there is no trace of it.
  const since = Date.now();
  const settled = setInterval(() => {
    const found = hiddenField("visit").value;
    const there = found === "-" || (found && document.querySelector("#thread .exchange"));
    if (!there && Date.now() - since < LONGEST_RECALL) return;
    clearInterval(settled);
    if (found === "-") storage.set(VISIT, "");
    follow();
    state.restoring = false;
    showOpinions(JSON.parse(hiddenField("opinions").value || "{}"));
    showNewest("instant");
    goOn();
  }, 50);
};

export const followThread = () => {
  new MutationObserver(follow).observe(document.querySelector("gradio-app"), {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-label"],
  });
  follow();
};
