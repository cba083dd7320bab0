// A citation number opens its source, scrolls to it and moves the focus there.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  // Gradio's <base> would otherwise reload the page, and lose the conversation.
  event.preventDefault();
  target.closest("details").open = true;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  target.querySelector("summary").focus({ preventScroll: true });
});

// Gradio gives each message its whole HTML source as an English label; screen readers should read
// the message instead.
const tidyLabels = () => {
  for (const message of document.querySelectorAll('[data-testid="bot"][aria-label],[data-testid="user"][aria-label]'))
    message.removeAttribute("aria-label");
  for (const log of document.querySelectorAll('[role="log"][aria-label="chatbot conversation"]'))
    log.setAttribute("aria-label", "Conversation");
  for (const example of document.querySelectorAll('button.example[aria-label^="Select example"]'))
    example.removeAttribute("aria-label");
};
new MutationObserver(tidyLabels).observe(document, {
  childList: true,
  subtree: true,
  attributes: true,
  attributeFilter: ["aria-label"],
});

// A new exchange is brought into view from its question on.
let seen = 0;
new MutationObserver(() => {
  const questions = document.querySelectorAll("#thread .question");
  if (questions.length > seen) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    questions[questions.length - 1].scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }
  seen = questions.length;
}).observe(document, { childList: true, subtree: true });
