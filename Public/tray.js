// The tray: photos on their way to the search, with a preview, progress and a way back.

import { text } from "./texts.js";
import { limits, sendAddress, sendPhotos } from "./upload.js";

const tray = document.querySelector("[data-tray]");
const part = (name) => tray.querySelector(`[data-tray-${name}]`);
const [title, image, status, progress, choose, retry, without, cancel] = [
  "title", "image", "status", "progress", "choose", "retry", "without", "cancel",
].map(part);
const well = image.parentElement;

/** Cancels what is on its way. */
let way = null;
/** Begins it again. */
let again = null;
/** Photos that are left when a bad one is left out. */
let rest = [];
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
  choose.hidden = retry.hidden = without.hidden = true;
  cancel.textContent = text("script.cancel");
}

function failed(heading, reason, canRetry, others = []) {
  way = null;
  rest = others;
  clearTimeout(slow);
  title.textContent = heading;
  status.textContent = reason;
  progress.hidden = true;
  choose.hidden = false;
  retry.hidden = !canRetry;
  without.hidden = rest.length === 0;
  const first = canRetry ? retry : rest.length ? without : choose;
  choose.classList.toggle("button-quiet", first !== choose);
  cancel.textContent = text("script.close");
  first.focus();
}

/** Says what is wrong with one photo; of several, with which, and offers to go on without it. */
function failedPhoto(files, index, heading, reason) {
  if (files.length === 1) return failed(heading, reason, false);
  failed(heading, text("script.ofSeveral", { number: index + 1, reason }), false, files.filter((_, at) => at !== index));
}

/** Says that the server was not reached; `repeat` does again what needs it. */
export function unreached(repeat) {
  way?.abort();
  again = () => {
    close();
    repeat();
  };
  show([]);
  failed(text("script.unreached"), text(navigator.onLine ? "script.lost.noAnswer" : "script.lost.offline"), true);
  choose.hidden = true;
}

function lost(reason) {
  if (!navigator.onLine) return failed(text("script.lost"), text("script.lost.offline"), true);
  failed(text("script.lost"), text(reason === "slow" ? "script.lost.slow" : "script.lost.noAnswer"), true);
}

function answered(request, files) {
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
  const bad = answer.error?.photo;
  const others = bad ? files.filter((_, index) => index + 1 !== bad) : [];
  failed(text(busy ? "script.busy" : "script.refused"), reason, busy || request.status >= 500, others);
}

async function follow(files, heading, first, start) {
  way?.abort();
  const current = (way = new AbortController());
  again = () => follow(files, heading, first, start);
  show(files);
  working(heading, first);
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
    if (isCurrent()) answered(request, files);
  } catch (reason) {
    if (!isCurrent()) return;
    if (reason === "tooMuch") failed(text("script.tooLarge"), text("script.tooLarge.total"), false);
    else if (reason.tooLarge >= 0) failedPhoto(files, reason.tooLarge, text("script.tooLarge"), text("script.tooLarge.one"));
    else lost(reason);
  }
}

/** Searches with photos: a FileList, or an array of files or blobs. */
export function search(photos) {
  const files = [...photos];
  if (files.length === 0) return;
  const bad = files.findIndex((file) => file.size === 0 || (file.type && !file.type.startsWith("image/")));
  if (files.length > limits.photos || bad >= 0) {
    way?.abort();
    show(files.slice(0, limits.photos));
    if (files.length > limits.photos) {
      failed(text("script.tooMany"), text("script.tooMany.count", { count: files.length, most: limits.photos }), false);
    } else {
      const [heading, reason] =
        files[bad].size === 0 ? ["script.empty", "script.empty.hint"] : ["script.notAPhoto", "script.notAPhoto.hint"];
      failedPhoto(files, bad, text(heading), text(reason));
    }
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
without.addEventListener("click", () => search(rest));
cancel.addEventListener("click", close);
tray.addEventListener("cancel", (event) => {
  event.preventDefault();
  close();
});
// Coming back with the browser's button shows the page as it was left: with an open tray.
addEventListener("pageshow", (event) => {
  if (event.persisted && tray.open) close();
});
