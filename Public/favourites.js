// Pressing a heart marks the item without loading the page again. Without this script the form does it.

import { number } from "./texts.js";
import { unreached } from "./tray.js";

const place = document.querySelector("[data-favourites]");
const forms = [...document.querySelectorAll("form[data-heart]")];

const item = (form) => form.querySelector("[name=item]").value;

/** Shows which items are marked, as far as `isMarked` knows them, and how many there are. */
function show(isMarked, count) {
  for (const form of forms) {
    const marked = isMarked(item(form));
    if (marked === undefined) continue;
    const heart = form.querySelector("button");
    heart.setAttribute("aria-pressed", String(marked));
    heart.value = marked ? "remove" : "add";
  }
  if (place) place.textContent = count ? number(count) : "";
}

/** Says beside a heart what it did to other items. */
function say(form, words) {
  document.querySelector("[data-full]")?.remove();
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  note.dataset.full = "";
  form.closest(".card, .piece-text").append(note);
  // Words that come into a region that is there already are read out.
  setTimeout(() => (note.textContent = words), 100);
}

async function ask(options) {
  const answer = await fetch("/favourites", { cache: "no-store", headers: { Accept: "application/json" }, ...options });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

// How often something was marked or unmarked here.
let toggles = 0;

async function toggle(form, button) {
  toggles += 1;
  const body = new URLSearchParams(new FormData(form));
  body.set("action", button.value);
  const { liked, count, notice } = await ask({ method: "POST", body });
  if (notice) say(form, notice);
  // The same item may stand on the page twice.
  show((id) => (id === item(form) ? liked : undefined), count);
}

addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-heart]");
  if (!form || form.dataset.heart === "plain") return;
  event.preventDefault();
  const button = form.querySelector("button");
  toggle(form, button).catch((error) => {
    // No answer at all: the page that is there is better than the browser's own.
    if (error instanceof TypeError) return unreached(() => form.requestSubmit(button));
    // The plain form says what is wrong.
    form.dataset.heart = "plain";
    form.requestSubmit(button);
  });
});

// A page that one comes back to is shown as it was left, or as it was first loaded.
addEventListener("pageshow", async ({ persisted }) => {
  const [navigation] = performance.getEntriesByType("navigation");
  if (!place || !(persisted || navigation?.type === "back_forward")) return;
  const before = toggles;
  try {
    const { items } = await ask();
    // What was marked since is newer than this answer.
    if (toggles === before) show((id) => items.includes(id), items.length);
  } catch {
    // What is shown stays.
  }
});
