// What can be done with one answer: open its citations, say whether it helped, have a link to it.

import { box, onPress, tell, WIDE, behavior } from "./tab.js";

// --- citations ------------------------------------------------------------------------------------

// Where sources stand below the answer, one opens on a sheet over it: the answer is not lost.
const openSheet = (card, quote) => {
  const sheet = document.getElementById("sheet");
  const copied = quote.cloneNode(true);
  copied.removeAttribute("id");
  const head = document.createElement("div");
  head.className = "head";
  for (const part of card.querySelectorAll("summary :is(.title, .badge, .by)"))
    head.append(part.cloneNode(true), " ");
  const content = sheet.querySelector(".content");
  content.replaceChildren(head, copied);
  content.lang = card.closest("[lang]").lang;
  sheet.showModal();
  sheet.scrollTop = 0;
};

const openInPlace = (card, quote) => {
  card.open = true;
  quote.scrollIntoView({ block: "nearest", behavior: behavior() });
  quote.focus({ preventScroll: true });
};

const openSource = (link) => {
  const quote = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const card = quote?.closest("details.source");
  if (!card) return false;
  (WIDE.matches ? openInPlace : openSheet)(card, quote);
  return true;
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link) return;
  // Gradio's <base> would otherwise reload the page.
  if (openSource(link)) event.preventDefault();
  else if (link.matches(".skip") && box()) {
    event.preventDefault();
    box().focus();
  }
});

onPress("close", (button) => button.closest("dialog").close());
document.addEventListener("click", (event) => {
  if (event.target.matches?.("dialog")) event.target.close(); // beside what it shows
});

// --- feedback and links ----------------------------------------------------------------------------

const send = (address, values) =>
  fetch(new URL(address, document.baseURI), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(values),
  });
const exchangeOf = (element) => {
  const { conversation, exchange } = element.closest("[data-exchange]").dataset;
  return { conversation, exchange };
};

onPress("link", async (button) => {
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
});

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
const press = (feedback, helpful) => {
  for (const one of feedback.querySelectorAll("[data-helpful]"))
    one.setAttribute("aria-pressed", String(one.dataset.helpful === (helpful ? "yes" : "no")));
};
const askWhy = (feedback, asked) => {
  feedback.querySelector(".why").hidden = !asked;
  feedback.querySelector("[aria-expanded]").setAttribute("aria-expanded", String(asked));
};

onPress("helpful", async (button) => {
  const feedback = button.closest(".feedback");
  const helpful = button.dataset.helpful === "yes";
  press(feedback, helpful);
  askWhy(feedback, !helpful);
  tell(feedback, "");
  if (!helpful) feedback.querySelector(".why input").focus();
  // Kept at once: many say no more than this.
  if ((await opine(feedback, helpful)) && helpful) tell(feedback, feedback.dataset.done);
});
onPress("opinion", async (button) => {
  const feedback = button.closest(".feedback");
  const reasons = [...feedback.querySelectorAll("input:checked")].map((one) => one.value);
  const text = feedback.querySelector("textarea").value;
  if (!(await opine(feedback, false, { reasons, text }))) return;
  const told = tell(feedback, feedback.dataset.done);
  told.tabIndex = -1;
  told.focus();
  askWhy(feedback, false);
});

// Shows what was said of answers before the page was opened again.
export const showOpinions = (opinions) => {
  for (const [exchange, helpful] of Object.entries(opinions)) {
    const feedback = document.querySelector(`[data-exchange="${exchange}"] .feedback`);
    if (!feedback) continue;
    press(feedback, helpful);
    tell(feedback, feedback.dataset.done);
  }
};
