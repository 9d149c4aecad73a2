// The texts of scripts in the language of the page, which come with it.

const texts = JSON.parse(document.querySelector("script[data-texts]").textContent);
const language = document.documentElement.lang;
const numbers = new Intl.NumberFormat(language);
const plurals = new Intl.PluralRules(language);

/** A number as the language writes it. */
export const number = (value) => numbers.format(value);

/** A text with its places filled in, numbers as the language writes them; `count` chooses among plural forms. */
export function text(key, values = {}) {
  const found = texts[key] ?? key;
  const form = typeof found === "string" ? found : (found[plurals.select(values.count)] ?? found.other);
  return form.replace(/\{(\w+)\}/g, (place, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : (value ?? place);
  });
}
