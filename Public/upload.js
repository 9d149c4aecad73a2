// Sends photos or an address to the search, and says how far it has come.

import { isAccepted, shrunk } from "./shrink.js";

/** What the server takes at once. */
export const limits = { photos: 8, bytes: 20_000_000, total: 40_000_000 };

/** A photo gets so long to arrive as it is, before a smaller one is made beside. */
const headStart = 250;
/** Without a byte on its way for so long, a network is too slow. */
const patience = 20_000;

const sum = (photos) => photos.reduce((bytes, photo) => bytes + photo.size, 0);
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** One request: `done` is its answer, or rejects with "lost", "slow" or "cancelled". */
class Request {
  loaded = 0;
  isSent = false;

  constructor(body, on) {
    const request = (this.request = new XMLHttpRequest());
    let stalled;
    const watch = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => this.end("slow"), this.isSent ? 3 * patience : patience);
    };
    this.sent = new Promise((resolve) => {
      request.upload.addEventListener("progress", (event) => {
        this.loaded = event.loaded;
        watch();
        if (event.lengthComputable && !this.isEnded) on.progress(event.loaded / event.total);
      });
      request.upload.addEventListener("load", () => {
        this.isSent = true;
        watch();
        if (!this.isEnded) on.sent();
        resolve();
      });
      request.addEventListener("loadend", resolve);
    });
    this.done = new Promise((resolve, reject) => {
      this.reject = reject;
      request.addEventListener("load", () => resolve(request));
      request.addEventListener("error", () => this.end("lost"));
    });
    // Who gave it up does not wait for it.
    this.done.catch(() => {});
    request.addEventListener("loadend", () => clearTimeout(stalled));
    request.open("POST", document.body.dataset.search ?? "/search");
    request.setRequestHeader("Accept", "application/json");
    watch();
    request.send(body);
  }

  end(reason) {
    this.isEnded = true;
    this.reject(reason);
    this.request.abort();
  }
}

function form(photos) {
  const body = new FormData();
  for (const photo of photos) body.append("image", photo, photo.name || "photo.jpg");
  return body;
}

/** A device that says that its network is slow, or that bytes are dear. */
function isSlow() {
  const { saveData, effectiveType } = navigator.connection ?? {};
  return saveData || /2g|3g/.test(effectiveType ?? "");
}

/**
 * Sends photos; large ones made smaller where that saves time. `on` has `preparing`, `sending`, `progress(part)` and `sent`;
 * `signal` cancels. Resolves to the finished request; rejects with "lost", "slow", "cancelled", "tooMuch" if all are too large
 * together, or `{ tooLarge }`, the index of one that is too large.
 */
export async function sendPhotos(files, on, signal) {
  let request;
  signal.addEventListener("abort", () => request?.end("cancelled"));
  const begin = (photos) => {
    if (signal.aborted) throw "cancelled";
    on.sending();
    request = new Request(form(photos), on);
    return request;
  };
  const mustShrink = files.some((file) => file.size > limits.bytes || !isAccepted(file)) || sum(files) > limits.total;
  if (mustShrink || (isSlow() && sum(files) > 400_000)) {
    on.preparing();
    const photos = await Promise.all(files.map(shrunk));
    const tooLarge = photos.findIndex((photo) => photo.size > limits.bytes);
    if (tooLarge >= 0) throw { tooLarge };
    if (sum(photos) > limits.total) throw "tooMuch";
    return begin(photos).done;
  }
  const whole = begin(files);
  if (sum(files) < 400_000) return whole.done;
  await Promise.race([whole.sent, wait(headStart)]);
  if (whole.isSent || whole.isEnded) return whole.done;
  const small = await Promise.all(files.map(shrunk));
  // The rest of the large ones, or all of the small ones: whichever is less.
  if (whole.isSent || whole.isEnded || sum(small) > 0.8 * (sum(files) - whole.loaded)) return whole.done;
  whole.end("replaced");
  return begin(small).done;
}

/** Has the server fetch the photo at an address; otherwise as `sendPhotos`. */
export function sendAddress(address, on, signal) {
  const request = new Request(new URLSearchParams({ address }), on);
  signal.addEventListener("abort", () => request.end("cancelled"));
  return request.done;
}
