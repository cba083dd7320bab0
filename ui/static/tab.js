// What all modules of the page share: the parts of the page, and what the tab remembers.

export const box = () => document.querySelector("#question textarea");
export const hiddenField = (id) => document.querySelector(`#${id} :is(textarea, input)`);
export const bar = () => document.getElementById("question")?.closest(".form");
export const beside = () => document.getElementById("beside");
export const thread = () => document.getElementById("thread");
export const questions = () => [...document.querySelectorAll("#thread .question")];

export const WIDE = matchMedia("(min-width: 64rem)");
export const TOUCH = matchMedia("(pointer: coarse)");
export const behavior = () =>
  matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";

export const VISIT = "visit";
export const PENDING = "pending";
// A frame on another site may be refused its storage; the chat works without.
export const storage = {
  get: (key) => {
    try { return sessionStorage.getItem(key) ?? ""; } catch { return ""; }
  },
  set: (key, value) => {
    try { value ? sessionStorage.setItem(key, value) : sessionStorage.removeItem(key); } catch { /* see above */ }
  },
};

export const type = (field, text) => {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

// Says something in the line that a part of the page has for it, which is read out.
export const tell = (place, text) => {
  const told = place.querySelector(":scope > .told");
  told.textContent = text;
  return told;
};

// Has a press on an element with `data-NAME` do something.
export const onPress = (name, act) =>
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.(`[data-${name}]`);
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    act(pressed, event);
  });
