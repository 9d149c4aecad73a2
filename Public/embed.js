// Puts the search by photo into a shop's own page, by a script element that loads this file from the search's server;
// data-into="#id" names the element to put it into (without: the place of the script), data-language="de" its language,
// data-title what screen readers call it.

{
  const script = document.currentScript ?? document.querySelector('script[src*="/embed.js"]');
  const { into, language, title } = script.dataset;
  const address = new URL("/embed", script.src);
  if (language) address.searchParams.set("language", language);

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title ?? "Search by photo";
  frame.allow = "camera";
  Object.assign(frame.style, { display: "block", width: "100%", height: "460px", border: "0" });

  addEventListener("message", (event) => {
    if (event.origin !== address.origin || event.source !== frame.contentWindow) return;
    const height = event.data?.vitrine === "height" ? Number(event.data.height) : NaN;
    // A page that is as high as its frame would grow without end.
    if (height > 0) frame.style.height = `${Math.min(Math.ceil(height), 6000)}px`;
  });

  const place = into ? document.querySelector(into) : null;
  if (place) place.append(frame);
  else script.after(frame);
}
