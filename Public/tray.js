// The tray: photos on their way to the search, with a preview, progress and a way back.

import { text } from "./texts.js";
import { limits, sendAddress, sendPhotos } from "./upload.js";

const tray = document.querySelector("[data-tray]");
const part = (name) => tray.querySelector(`[data-tray-${name}]`);
const [title, image, status, progress, choose, retry, cancel] = [
  "title", "image", "status", "progress", "choose", "retry", "cancel",
].map(part);
const well = image.parentElement;

/** Cancels what is on its way. */
let way = null;
/** Begins it again. */
let again = null;
let slow = 0;

function show(files) {
  for (const picture of well.querySelectorAll("img")) {
    if (picture.src) URL.revokeObjectURL(picture.src);
    if (picture !== image) picture.remove();
  }
  image.removeAttribute("src");
  image.hidden = true;
  files.forEach((file, index) => {
    const picture = index === 0 ? image : image.cloneNode();
    picture.hidden = false;
    picture.onerror = () => (picture.hidden = true);
    picture.src = URL.createObjectURL(file);
    if (index > 0) well.append(picture);
  });
  well.classList.toggle("tray-several", files.length > 1);
  if (!tray.open) tray.showModal();
}

/** Ends what is on its way, and closes the tray. */
export function close() {
  way?.abort();
  way = again = null;
  clearTimeout(slow);
  show([]);
  tray.close();
  document.querySelectorAll("form[data-upload]").forEach((form) => form.reset());
}

function working(heading, state) {
  title.textContent = heading;
  status.textContent = state;
  progress.hidden = false;
  progress.removeAttribute("value");
  choose.hidden = true;
  retry.hidden = true;
  cancel.textContent = text("script.cancel");
}

function failed(heading, reason, canRetry) {
  way = null;
  clearTimeout(slow);
  title.textContent = heading;
  status.textContent = reason;
  progress.hidden = true;
  choose.hidden = false;
  retry.hidden = !canRetry;
  choose.classList.toggle("button-quiet", canRetry);
  cancel.textContent = text("script.close");
  (canRetry ? retry : choose).focus();
}

function lost(reason) {
  if (!navigator.onLine) return failed(text("script.lost"), text("script.lost.offline"), true);
  failed(text("script.lost"), text(reason === "slow" ? "script.lost.slow" : "script.lost.noAnswer"), true);
}

function answered(request) {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // A page.
  }
  if (request.status < 400) {
    status.textContent = text("script.found");
    clearTimeout(slow);
    location.assign(answer.location ?? request.responseURL);
    return;
  }
  const busy = request.status === 503 || request.status === 429;
  const wait = Number(request.getResponseHeader("Retry-After"));
  let reason = answer.error?.message ?? text("script.status", { status: request.status });
  if (busy && wait > 0) reason += ` ${text("script.wait", { count: wait })}`;
  failed(text(busy ? "script.busy" : "script.refused"), reason, busy || request.status >= 500);
}

async function follow(files, heading, first, start) {
  way?.abort();
  const current = (way = new AbortController());
  again = () => follow(files, heading, first, start);
  show(files);
  working(heading, first);
  if (!navigator.onLine) return lost();
  const isCurrent = () => way === current;
  clearTimeout(slow);
  slow = setTimeout(() => isCurrent() && (status.textContent = text("script.slow")), 6000);
  const on = {
    preparing: () => (status.textContent = text("script.preparing")),
    sending: () => (status.textContent = first),
    progress: (value) => isCurrent() && (progress.value = 100 * value),
    sent: () => {
      if (!isCurrent() || files.length === 0) return;
      clearTimeout(slow);
      progress.removeAttribute("value");
      status.textContent = text("script.looking");
    },
  };
  try {
    const request = await start(on, current.signal);
    if (isCurrent()) answered(request);
  } catch (reason) {
    if (!isCurrent()) return;
    if (reason === "tooLarge") failed(text("script.tooLarge"), text("script.tooLarge.total"), false);
    else lost(reason);
  }
}

/** Searches with photos: a FileList, or an array of files or blobs. */
export function search(photos) {
  const files = [...photos];
  if (files.length === 0) return;
  const refuse = (heading, reason) => {
    way?.abort();
    show(files.slice(0, limits.photos));
    failed(heading, reason, false);
  };
  if (files.length > limits.photos) {
    refuse(text("script.tooMany"), text("script.tooMany.count", { count: files.length, most: limits.photos }));
  } else if (files.some((file) => file.size === 0)) {
    refuse(text("script.empty"), text("script.empty.hint"));
  } else if (files.some((file) => file.type && !file.type.startsWith("image/"))) {
    refuse(text("script.notAPhoto"), text("script.notAPhoto.hint"));
  } else {
    follow(files, text("script.yourPhotos", { count: files.length }), text("script.sending"), (on, signal) =>
      sendPhotos(files, on, signal));
  }
}

/** Searches with the photo at an address. */
export function searchAddress(address) {
  follow([], text("script.yourPhoto"), text("script.fetching"), (on, signal) => sendAddress(address, on, signal));
}

/** Calls `pick` when another photo is asked for. */
export const onChoose = (pick) => choose.addEventListener("click", pick);

retry.addEventListener("click", () => again?.());
cancel.addEventListener("click", close);
tray.addEventListener("cancel", (event) => {
  event.preventDefault();
  close();
});
// Coming back with the browser's button shows the page as it was left: with an open tray.
addEventListener("pageshow", (event) => {
  if (event.persisted && tray.open) close();
});
