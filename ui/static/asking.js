// The box: what is sent, what is not and why, and how long a question may be.

import { bar, beside, box, onPress, PENDING, questions, storage, tell, thread, TOUCH, type } from "./tab.js";

const NEAR_THE_LIMIT = 0.8;
const LONGEST_SILENCE = 5_000; // ms

export const state = {
  restoring: false, // the former conversation is on its way, and would take the place of an answer
  waiting: "", // asked as soon as the chat, or its former conversation, is there
  sentAt: 0, // until the conversation shows it
};
// Asked by a press, or on a screen whose keyboard hides the answer: the question gets the focus.
let follows = false;

const length = () => [...(box()?.value ?? "")].length;

const awaited = () => {
  const last = thread()?.querySelector(".message-row:last-child");
  const note = last?.querySelector(".note");
  // Any other note says why the last question was not answered: it may be sent again at once.
  if (note) return note.textContent === document.getElementById("announcer").dataset.searching;
  return (
    Date.now() - state.sentAt < LONGEST_SILENCE ||
    Boolean(last?.querySelector(".question, .exchange:not([data-conversation])"))
  );
};

// Why what is in the box cannot be sent now; empty when it can.
const obstacle = () => {
  const { awaited: wait, empty, long, maximum } = beside().dataset;
  if (!box().value.trim()) return empty;
  if (length() > maximum) return long;
  return awaited() ? wait : "";
};

const submitting = (event) => {
  const why = obstacle();
  tell(beside(), why);
  if (why || state.restoring) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!why) state.waiting = box().value;
    follows = false;
    return;
  }
  state.sentAt = Date.now();
  follows ||= TOUCH.matches;
  storage.set(PENDING, box().value);
};

export const ask = (text) => {
  if (!box() || state.restoring) {
    state.waiting = text;
    return;
  }
  follows = true;
  type(box(), text);
  setTimeout(() => document.querySelector("#question .submit-button")?.click(), 0);
};

// A question has come into the conversation.
export const asked = () => {
  state.sentAt = 0;
  if (follows) {
    const title = questions().at(-1).querySelector("h2");
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  follows = false;
};

// Tells at the box how long the question is; what was said there before is over.
export const count = () => {
  const counter = document.getElementById("counter");
  const { maximum } = beside().dataset;
  const typed = length();
  const written = (number) => Number(number).toLocaleString(document.documentElement.lang);
  counter.textContent =
    typed < maximum * NEAR_THE_LIMIT
      ? ""
      : counter.dataset.words.replace("{count}", written(typed)).replace("{maximum}", written(maximum));
  counter.classList.toggle("over", typed > maximum);
  tell(beside(), typed > maximum ? beside().dataset.long : "");
};

// Gradio's label names the button with the box, and has no place for what is said of it.
export const furnishBox = () => {
  const label = document.querySelector("#question label > span");
  label.id = "question-label";
  box().setAttribute("aria-labelledby", label.id);
  box().setAttribute("aria-describedby", "counter");
  bar().prepend(beside());
  beside().hidden = false;
  box().addEventListener("input", count);
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target === box()) submitting(event);
}, true);
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#question .submit-button")) submitting(event);
}, true);

onPress("ask", (button) => ask(button.dataset.ask));
onPress("edit", (button) => {
  const field = box();
  type(field, button.closest(".question").querySelector("h2").innerText);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
});
