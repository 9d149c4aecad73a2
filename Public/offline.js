// A device without a network stays on the page that it has, and says why; and pages that show a visitor's things are not
// shown again as they were left.

import { unreached } from "./tray.js";

/** Whether the server cannot be reached: without a network it may still be on the device itself. */
const isCutOff = async () =>
  !navigator.onLine && !(await fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false));

/** Goes on where the server can be reached. */
const go = async (on) => ((await isCutOff()) ? unreached(() => go(on)) : on());

let isKnown = false;
addEventListener("submit", (event) => {
  if (navigator.onLine || event.defaultPrevented || isKnown) return;
  event.preventDefault();
  const { target, submitter } = event;
  go(() => {
    isKnown = true;
    target.requestSubmit(submitter);
    isKnown = false;
  });
});
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (navigator.onLine || !link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.target || link.origin !== location.origin || (link.hash && link.pathname === location.pathname)) return;
  event.preventDefault();
  go(() => location.assign(link.href));
});

// A browser may keep a page that it was told not to store, with all that was in it; the server knows what is left.
addEventListener("pageshow", async ({ persisted }) => {
  if (!persisted || !/^\/(embed\/)?results\/|^\/favourites/.test(location.pathname)) return;
  document.documentElement.hidden = true;
  if (await isCutOff()) document.documentElement.hidden = false;
  else location.reload();
});
