// What pages can do beyond links and forms. Without these scripts everything else still works.

import "./favourites.js";
import "./sources.js";
import "./crop.js";

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
