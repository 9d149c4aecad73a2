// Puts the search by photo into a shop's own page, by a script element that loads this file from the search's server;
// data-into="#id" names the element to put it into (without: the place of the script), data-language="de" its language,
// data-scheme="light", "dark" or "auto" (the visitor's system's) its colours (without: what the page says it has),
// data-title what screen readers call it (without: its name in its language).

{
  const script = document.currentScript ?? document.querySelector('script[src*="/embed.js"]');
  const { into, language, title } = script.dataset;

  /** The colours that the page itself has: `light` unless it says something else. */
  const own = () => {
    const computed = getComputedStyle(document.documentElement).colorScheme;
    const named = document.querySelector("meta[name='color-scheme' i]")?.content;
    const schemes = (computed && computed !== "normal" ? computed : named ?? "").toLowerCase().split(/\s+/);
    if (!schemes.includes("dark")) return "light";
    return schemes.includes("light") ? "auto" : "dark";
  };
  const scheme = ["light", "dark", "auto"].includes(script.dataset.scheme) ? script.dataset.scheme : own();
  const address = new URL("/embed", script.src);
  if (language) address.searchParams.set("language", language);
  if (scheme !== "auto") address.searchParams.set("scheme", scheme);

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title ?? "Search by photo";
  frame.allow = "camera";
  Object.assign(frame.style, { display: "block", width: "100%", height: "460px", border: "0" });
  // Of another scheme than its frame's a document gets a ground of its own, which would be a block in the page.
  frame.style.colorScheme = scheme === "auto" ? "light dark" : scheme;

  addEventListener("message", (event) => {
    if (event.origin !== address.origin || event.source !== frame.contentWindow) return;
    if (!title && typeof event.data?.name === "string") frame.title = event.data.name.slice(0, 200);
    const height = event.data?.vitrine === "height" ? Number(event.data.height) : NaN;
    // A page that is as high as its frame would grow without end.
    if (height > 0) frame.style.height = `${Math.min(Math.ceil(height), 6000)}px`;
  });

  const place = into ? document.querySelector(into) : null;
  if (place) place.append(frame);
  else script.after(frame);
}
