// What a visitor takes along: copies, paper, a file; and what is lost with a new conversation.

import { onPress, PENDING, questions, storage, tell, VISIT } from "./tab.js";

const LANGUAGE = document.documentElement.lang;
const today = () => new Date().toLocaleDateString(LANGUAGE, { dateStyle: "long" });

// --- copies -----------------------------------------------------------------------------------------

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
onPress("copy", (button) =>
  copy(button.dataset.copy).then(() => tell(button.parentElement, button.dataset.done)));

// An answer as it is copied: what it says, and what stands below it of its sources.
const copied = (exchange) => {
  const text = exchange.querySelector("[data-copy]")?.dataset.copy;
  if (!text) return { said: exchange.querySelector(".said").innerText, references: "" };
  const end = exchange.querySelector(".source") ? text.lastIndexOf("\n\n") : text.length;
  return { said: text.slice(0, end), references: text.slice(end + 2) };
};

// What is copied by hand takes its references along.
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  const references = [...document.querySelectorAll(".exchange")]
    .filter((one) => selection.containsNode(one.querySelector(".said"), true))
    .map((one) => copied(one).references)
    .filter(Boolean);
  if (selection.isCollapsed || !references.length || event.target.closest?.("textarea, input")) return;
  event.clipboardData.setData("text/plain", [selection.toString(), ...references].join("\n\n"));
  event.preventDefault();
});

// --- paper ------------------------------------------------------------------------------------------

onPress("print", (button) => {
  if (button.dataset.print === "one") {
    const answer = button.closest(".message-row, #thread > *");
    document.body.classList.add("print-one");
    answer.classList.add("printed");
    answer.previousElementSibling?.classList.add("printed");
  }
  print();
});

// On paper every passage is open, and the day is told.
let closed = [];
addEventListener("beforeprint", () => {
  const day = document.getElementById("printed");
  if (day) day.textContent = day.dataset.words.replace("{date}", today());
  closed = [...document.querySelectorAll("details.source:not([open])")];
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of closed) one.open = false;
  document.body.classList.remove("print-one");
  for (const one of document.querySelectorAll(".printed")) one.classList.remove("printed");
});

// --- a file -----------------------------------------------------------------------------------------

const escaped = (text) => text.replace(/[\\`*_<>#|]/g, "\\$&");
const linked = (text) =>
  text.split(" ").map((word) => (/^https?:/.test(word) ? `<${word}>` : escaped(word))).join(" ");

const asMarkdown = () => {
  const parts = [`# ${document.title}`, escaped(document.getElementById("printed").dataset.saved.replace("{date}", today()))];
  for (const one of document.querySelectorAll("#thread :is(.question h2, .exchange)")) {
    if (one.matches("h2")) {
      parts.push(`## ${escaped(one.innerText.replaceAll("\n", " "))}`);
      continue;
    }
    const { said, references } = copied(one);
    parts.push(escaped(said));
    const [heading, ...sources] = references.split("\n");
    if (heading) parts.push(`### ${heading}`, sources.map((line) => `- ${linked(line)}`).join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
};

onPress("save", () => {
  const file = new Blob([asMarkdown()], { type: "text/markdown;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `conversation-${new Date().toLocaleDateString("sv")}.md`; // year-month-day
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});

// --- a new conversation ---------------------------------------------------------------------------------

onPress("fresh", (_, event) => {
  if (!questions().length) return;
  event.preventDefault();
  document.getElementById("discard").showModal();
});
onPress("discard", () => {
  storage.set(VISIT, "");
  storage.set(PENDING, "");
});
