// What pages can do beyond links and forms. Without these scripts everything else still works.

import "./favourites.js";
import "./sources.js";
import "./offline.js";

// Only photos that were searched with have a box.
if (document.querySelector("[data-crop]")) import("./crop.js").catch(() => {});

// Fields that say nothing stay out of an address that may be shared.
for (const form of document.querySelectorAll("form.facets")) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const name of new Set(formData.keys())) {
      const values = formData.getAll(name).filter((value) => value !== "");
      formData.delete(name);
      for (const value of values) formData.append(name, value);
    }
  });
}

// A list of choices that lies over the page goes with Escape, and with a touch beside it.
const choices = () => document.querySelector(".facet[open]");
addEventListener("keydown", (event) => {
  const open = event.key === "Escape" ? choices() : null;
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
addEventListener("pointerdown", ({ target }) => {
  const open = choices();
  if (open && getComputedStyle(open.lastElementChild).position === "absolute" && !target.closest(".facet")) open.open = false;
});
