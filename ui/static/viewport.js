// The view: the box stays in it, and the newest question stands at its top with its answer below.

import { bar, behavior, questions, thread } from "./tab.js";

const GAP = 8; // px, as in scroll-padding

const banner = () => document.querySelector(".banner");
const covers = (element) => getComputedStyle(element).position === "sticky";
const set = (name, pixels) => document.documentElement.style.setProperty(name, `${pixels}px`);

// The question that stays at the top until the visitor moves the page.
let held = null;

const hold = (how) =>
  held?.isConnected && held.scrollIntoView({ block: "start", behavior: how });

// Leaves so much room below the newest question that it can stand at the top.
const makeRoom = (above) => {
  const newest = questions().at(-1);
  if (!newest) return;
  const all = thread().getBoundingClientRect();
  const below = document.documentElement.scrollHeight - scrollY - all.bottom;
  set("--room", newest.getBoundingClientRect().top - all.top + innerHeight - above - GAP - below);
};

export const measure = () => {
  if (!bar()) return;
  const above = covers(banner()) ? banner().offsetHeight : 0;
  const view = visualViewport;
  // A keyboard that covers the page makes this view smaller; so does a pinch, which changes nothing.
  const covered = view.scale > 1 ? 0 : Math.max(0, innerHeight - view.height - view.offsetTop);
  set("--above", above);
  set("--below", bar().offsetHeight + covered);
  set("--covered", covered);
  makeRoom(above);
};

export const showNewest = (how = behavior()) => {
  measure();
  held = questions().at(-1) ?? null;
  hold(how);
};

// The answer has come or grown: the question stays where it is.
export const keepNewest = () => {
  measure();
  hold(behavior());
};

export const watchView = () => {
  const resized = () => {
    measure();
    hold("instant");
  };
  const observer = new ResizeObserver(resized);
  for (const part of [banner(), bar()]) observer.observe(part);
  addEventListener("resize", resized);
  visualViewport.addEventListener("resize", resized);
  visualViewport.addEventListener("scroll", measure);
  const moved = (event) => {
    if (!event.target.closest?.("#question")) held = null;
  };
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"])
    addEventListener(kind, moved, { passive: true });
};
