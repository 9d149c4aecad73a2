// Pressing a heart marks the item without loading the page again. Without this script the form does it.

const count = document.querySelector("[data-favourites]");

const item = (form) => form.querySelector("[name=item]").value;

/** Says beside a heart what it did to other items. */
function say(form, text) {
  document.querySelector("[data-full]")?.remove();
  const place = document.createElement("p");
  place.className = "notice";
  place.setAttribute("role", "status");
  place.dataset.full = "";
  form.closest(".card, .piece-text").append(place);
  // Words that come into a region that is there already are read out.
  setTimeout(() => (place.textContent = text), 100);
}

async function toggle(form, button) {
  const data = new URLSearchParams(new FormData(form));
  data.set("action", button.value);
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const { liked, count: marked, notice } = await answer.json();
  if (notice) say(form, notice);
  // The same item may stand on the page twice.
  for (const other of document.querySelectorAll("form[data-heart]")) {
    if (item(other) !== item(form)) continue;
    const heart = other.querySelector("button");
    heart.setAttribute("aria-pressed", String(liked));
    heart.value = liked ? "remove" : "add";
  }
  if (count) count.textContent = marked ? new Intl.NumberFormat(document.documentElement.lang).format(marked) : "";
}

addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-heart]");
  if (!form || form.dataset.heart === "plain") return;
  event.preventDefault();
  const button = form.querySelector("button");
  toggle(form, button).catch(() => {
    // The plain form says what is wrong.
    form.dataset.heart = "plain";
    form.requestSubmit(button);
  });
});
