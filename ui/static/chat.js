"use strict";
// What Gradio's chat does not do by itself: citations that open, feedback, copies, links, what is
// said to screen readers, and a conversation that outlives the page.

const VISIT = "visit";
const PENDING = "pending";
const LONGEST_RECALL = 10_000; // ms
const WIDE = matchMedia("(min-width: 64rem)");
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const box = () => document.querySelector("#question textarea");
const hiddenField = (id) => document.querySelector(`#${id} :is(textarea, input)`);

// A frame on another site may be refused its storage; the chat works without.
const storage = {
  get: (key) => {
    try { return sessionStorage.getItem(key) ?? ""; } catch { return ""; }
  },
  set: (key, value) => {
    try { value ? sessionStorage.setItem(key, value) : sessionStorage.removeItem(key); } catch { /* see above */ }
  },
};

const type = (field, text) => {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const bringIntoView = (element, block) =>
  element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

// Gradio speaks English where it lacks a language, Italian for one: our words take that place.
const LANGUAGE = document.documentElement.lang;
const translations = window.gradio_config?.i18n_translations;
if (translations) translations.en = translations[LANGUAGE];
new MutationObserver(() => {
  if (document.documentElement.lang !== LANGUAGE) document.documentElement.lang = LANGUAGE;
}).observe(document.documentElement, { attributeFilter: ["lang"] });

// --- asking -------------------------------------------------------------------------------------

let waiting = "";
let restoring = Boolean(storage.get(VISIT));

const ask = (text) => {
  if (!box() || restoring) {
    waiting = text; // asked as soon as the chat, or its former conversation, is there
    return;
  }
  type(box(), text);
  setTimeout(() => document.querySelector("#question .submit-button")?.click(), 0);
};
const submitting = (event) => {
  if (restoring) {
    // The conversation that is on its way would take the place of the answer.
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = box().value;
  } else if (box()?.value.trim()) storage.set(PENDING, box().value);
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target === box()) submitting(event);
}, true);
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#question .submit-button")) submitting(event);
}, true);

// --- what a click does ---------------------------------------------------------------------------

const openSource = (link) => {
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target?.matches("details.source")) return false;
  target.open = true;
  bringIntoView(target, "nearest");
  target.querySelector("summary").focus({ preventScroll: true });
  return true;
};

const send = (address, values) =>
  fetch(new URL(address, document.baseURI), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(values),
  });
const tell = (place, text) => {
  const told = place.querySelector(":scope > .told");
  told.textContent = text;
  return told;
};
const exchangeOf = (element) => {
  const { conversation, exchange } = element.closest("[data-exchange]").dataset;
  return { conversation, exchange };
};

const copy = async (text) => {
  if (navigator.clipboard && window.isSecureContext) {
    try { return await navigator.clipboard.writeText(text); } catch { /* a frame without leave */ }
  }
  const field = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
};

const link = async (button) => {
  const tools = button.parentElement;
  try {
    const response = await send("share", exchangeOf(button));
    if (!response.ok) throw new Error(response.status);
    const address = new URL((await response.json()).path, document.baseURI).href;
    const anchor = Object.assign(document.createElement("a"), { href: address, textContent: address });
    tell(tools, `${button.dataset.done} `).append(anchor);
    anchor.focus();
  } catch {
    tell(tools, button.dataset.failed);
  }
};

const opine = async (feedback, helpful, more) => {
  try {
    const response = await send("feedback", { ...exchangeOf(feedback), helpful, ...more });
    if (!response.ok) throw new Error(response.status);
    return true;
  } catch {
    tell(feedback, feedback.dataset.failed);
    return false;
  }
};
const choose = async (button) => {
  const feedback = button.closest(".feedback");
  const helpful = button.dataset.helpful === "yes";
  const why = feedback.querySelector(".why");
  for (const one of feedback.querySelectorAll("[data-helpful]"))
    one.setAttribute("aria-pressed", String(one === button));
  why.hidden = helpful;
  feedback.querySelector("[aria-expanded]").setAttribute("aria-expanded", String(!helpful));
  tell(feedback, "");
  if (!helpful) why.querySelector("input").focus();
  // Kept at once: many say no more than this.
  if ((await opine(feedback, helpful)) && helpful) tell(feedback, feedback.dataset.done);
};
const explain = async (button) => {
  const feedback = button.closest(".feedback");
  const reasons = [...feedback.querySelectorAll("input:checked")].map((one) => one.value);
  const text = feedback.querySelector("textarea").value;
  if (!(await opine(feedback, false, { reasons, text }))) return;
  const told = tell(feedback, feedback.dataset.done);
  told.tabIndex = -1;
  told.focus();
  feedback.querySelector(".why").hidden = true;
  feedback.querySelector("[aria-expanded]").setAttribute("aria-expanded", "false");
};

document.addEventListener("click", (event) => {
  const element = event.target.closest?.("a, button");
  if (!element || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const data = element.dataset;
  if (element.matches('a[href^="#"]')) {
    // Gradio's <base> would otherwise reload the page.
    if (openSource(element)) event.preventDefault();
    else if (element.matches(".skip") && box()) {
      event.preventDefault();
      box().focus();
    }
  } else if (data.ask) ask(data.ask);
  else if (data.copy) copy(data.copy).then(() => tell(element.parentElement, data.done));
  else if (data.print) print();
  else if (data.link) link(element);
  else if (data.helpful) choose(element);
  else if (data.opinion) explain(element);
  else if (data.fresh) {
    storage.set(VISIT, "");
    storage.set(PENDING, "");
  }
});

// What a visitor copies by hand takes its references along.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  const exchanges = [...document.querySelectorAll(".exchange")].filter(
    (one) => one.querySelector("[data-copy]") && selection.containsNode(one.querySelector(".said"), true),
  );
  if (selection.isCollapsed || !exchanges.length || event.target.closest?.("textarea, input")) return;
  const references = exchanges.map((one) => one.querySelector("[data-copy]").dataset.copy.split("\n\n").pop());
  event.clipboardData.setData("text/plain", [selection.toString(), ...references].join("\n\n"));
  event.preventDefault();
});

// On paper every passage is open.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details.source:not([open])")];
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of closed) one.open = false;
});

// A menu of languages closes as menus do.
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".languages[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  const menu = document.querySelector(".languages[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

// --- following the thread ---------------------------------------------------------------------------

// Gradio gives each message its whole HTML source as an English label, and has the whole thread
// read out at every change; screen readers should read the message, and be told of the answer.
const tidyLabels = () => {
  for (const one of document.querySelectorAll('[data-testid="bot"][aria-label], [data-testid="user"][aria-label]'))
    one.removeAttribute("aria-label");
  for (const log of document.querySelectorAll('#thread [role="log"]:not([aria-live="off"])')) {
    log.setAttribute("aria-live", "off");
    log.setAttribute("aria-label", document.getElementById("announcer").dataset.thread);
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
  const thread = document.getElementById("thread");
  const questions = thread?.querySelectorAll(".question") ?? [];
  const exchanges = thread?.querySelectorAll(".exchange[data-conversation]") ?? [];
  document.body.classList.toggle("begun", Boolean(thread?.querySelector(".question, .exchange, .note")));
  const announcer = document.getElementById("announcer");
  if (questions.length > seen) {
    if (!restoring) {
      bringIntoView(questions[questions.length - 1], "start");
      announcer.textContent = announcer.dataset.searching;
    }
    document.getElementById("restored").hidden = true;
  }
  seen = questions.length;
  if (exchanges.length > answered) {
    const last = exchanges[exchanges.length - 1];
    storage.set(VISIT, last.dataset.conversation);
    if (!restoring) {
      storage.set(PENDING, "");
      announcer.textContent = last.querySelector(".said").innerText;
      if (WIDE.matches) last.querySelector("details.source")?.setAttribute("open", "");
    }
  }
  answered = exchanges.length;
  for (const one of document.querySelectorAll("[data-fresh]")) one.hidden = !questions.length;
};

// --- going on after a reload -----------------------------------------------------------------------

const putBack = () => {
  const lost = storage.get(PENDING);
  storage.set(PENDING, "");
  const asked = [...document.querySelectorAll("#thread .question p")].map((one) => one.innerText);
  if (!lost || asked.at(-1)?.trim() === lost.trim()) return;
  type(box(), lost);
  document.getElementById("restored").hidden = false;
};

const begin = () => {
  const name = storage.get(VISIT);
  if (!name) return waiting ? ask(waiting) : putBack();
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
    restoring = false;
    const questions = document.querySelectorAll("#thread .question");
    if (questions.length) bringIntoView(questions[questions.length - 1], "start");
    waiting ? ask(waiting) : putBack();
  }, 50);
};

const begun = setInterval(() => {
  if (!document.getElementById("announcer")) return clearInterval(begun); // a page without a chat
  if (!box() || !hiddenField("recalled")) return;
  clearInterval(begun);
  new MutationObserver(follow).observe(document.querySelector("gradio-app"), {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-label"],
  });
  follow();
  begin();
}, 50);

// The page about data tells which conversation is open in this tab.
const own = document.getElementById("own-conversation");
if (own && storage.get(VISIT)) {
  own.hidden = false;
  own.querySelector("code").textContent = storage.get(VISIT);
}
