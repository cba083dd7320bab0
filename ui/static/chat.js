// What Gradio's chat does not do by itself. The page with the chat and the pages of text load it.

import "./answers.js";
import { furnishBox, state } from "./asking.js";
import { completeBox } from "./completing.js";
import { followThread, restore } from "./following.js";
import "./keeping.js";
import "./menus.js";
import { box, hiddenField, storage, VISIT } from "./tab.js";
import { watchView } from "./viewport.js";

// Gradio speaks English where it lacks a language, Italian for one: our words take that place.
const LANGUAGE = document.documentElement.lang;
const translations = window.gradio_config?.i18n_translations;
if (translations) translations.en = translations[LANGUAGE];
new MutationObserver(() => {
  if (document.documentElement.lang !== LANGUAGE) document.documentElement.lang = LANGUAGE;
}).observe(document.documentElement, { attributeFilter: ["lang"] });

state.restoring = Boolean(storage.get(VISIT));

const begun = setInterval(() => {
  if (!document.getElementById("announcer")) return clearInterval(begun); // a page without a chat
  if (!box() || !hiddenField("recalled") || !hiddenField("opinions")) return;
  clearInterval(begun);
  furnishBox();
  completeBox();
  watchView();
  followThread();
  restore();
}, 50);

// The page about data tells which conversation is open in this tab.
const own = document.getElementById("own-conversation");
if (own && storage.get(VISIT)) {
  own.hidden = false;
  own.querySelector("code").textContent = storage.get(VISIT);
}
