// Choosing, dropping or pasting a photo sends it at once, with a preview, progress and a way back.
// Without this script the form on the first page does the same with a button.

import "./favourites.js";
import { text } from "./texts.js";

const maximumBytes = 20_000_000;
const tray = document.querySelector("[data-tray]");
const part = (name) => tray.querySelector(`[data-tray-${name}]`);
const [title, image, status, progress, choose, retry, cancel] = [
  "title", "image", "status", "progress", "choose", "retry", "cancel",
].map(part);

let request = null;
let current = null;

const picker = document.createElement("input");
picker.type = "file";
picker.accept = "image/jpeg,image/png,image/webp";
picker.addEventListener("change", () => take(picker.files));

function open(file) {
  current = file;
  if (image.src) URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(file);
  image.hidden = false;
  if (!tray.open) tray.showModal();
}

function close() {
  request?.abort();
  request = null;
  current = null;
  if (tray.open) tray.close();
  if (image.src) URL.revokeObjectURL(image.src);
  image.removeAttribute("src");
  document.querySelectorAll("form[data-upload]").forEach((form) => form.reset());
  picker.value = "";
}

function working(state) {
  title.textContent = text("script.yourPhoto");
  status.textContent = state;
  progress.hidden = false;
  choose.hidden = true;
  retry.hidden = true;
  cancel.textContent = text("script.cancel");
}

function failed(heading, reason, canRetry) {
  request = null;
  title.textContent = heading;
  status.textContent = reason;
  progress.hidden = true;
  choose.hidden = false;
  retry.hidden = !canRetry;
  choose.classList.toggle("button-quiet", canRetry);
  cancel.textContent = text("script.close");
  (canRetry ? retry : choose).focus();
}

function send(file) {
  open(file);
  if (file.size > maximumBytes) {
    const size = Math.ceil(file.size / (1024 * 1024));
    failed(text("script.tooLarge"), text("script.tooLarge.size", { size }), false);
    return;
  }
  if (file.size === 0) {
    failed(text("script.empty"), text("script.empty.hint"), false);
    return;
  }
  working(text("script.sending"));
  progress.value = 0;

  const sent = new XMLHttpRequest();
  request = sent;
  sent.open("POST", document.body.dataset.search ?? "/search");
  sent.setRequestHeader("Accept", "application/json");
  sent.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total;
  });
  sent.upload.addEventListener("load", () => {
    if (request !== sent) return;
    progress.removeAttribute("value");
    status.textContent = text("script.looking");
  });
  sent.addEventListener("load", () => {
    if (request !== sent) return;
    if (sent.status < 400) {
      status.textContent = text("script.found");
      location.assign(sent.responseURL);
    } else {
      refused(sent);
    }
  });
  sent.addEventListener("error", () => {
    if (request !== sent) return;
    const reason = navigator.onLine ? text("script.lost.noAnswer") : text("script.lost.offline");
    failed(text("script.lost"), reason, true);
  });
  const form = new FormData();
  form.append("image", file, file.name || "photo");
  sent.send(form);
}

function refused(answer) {
  let reason = "";
  try {
    reason = JSON.parse(answer.responseText).error.message;
  } catch {
    reason = text("script.status", { status: String(answer.status) });
  }
  const busy = answer.status === 503 || answer.status === 429;
  const wait = Number(answer.getResponseHeader("Retry-After"));
  if (busy && wait > 0) reason += " " + text("script.wait", { count: wait });
  failed(busy ? text("script.busy") : text("script.refused"), reason, busy || answer.status >= 500);
}

function take(files) {
  if (!files || files.length === 0) return;
  send(files[0]);
  if (files.length > 1 && request) status.textContent = text("script.sendingFirst");
}

// The ways in: the form, links that ask for a photo, dropping, pasting.
document.documentElement.classList.add("enhanced");
const hasMouse = matchMedia("(hover: hover) and (pointer: fine)").matches;
for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("button");
  input.addEventListener("change", () => take(input.files));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) take(input.files);
    else input.click();
  });
  // The file field now covers the whole case; the button is only its look.
  button.textContent = text("script.choose");
  button.tabIndex = -1;
  button.setAttribute("aria-hidden", "true");
  form.querySelector("[data-drop-title]").textContent = text(hasMouse ? "script.drop" : "script.take");
  form.querySelector("[data-drop-hint]").textContent = text(hasMouse ? "script.paste" : "script.light");
}
for (const link of document.querySelectorAll("a[data-choose]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    picker.click();
  });
}
choose.addEventListener("click", () => picker.click());
retry.addEventListener("click", () => current && send(current));
cancel.addEventListener("click", close);
tray.addEventListener("cancel", (event) => {
  event.preventDefault();
  close();
});
image.addEventListener("error", () => {
  image.hidden = true;
});

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
const marked = (isDropping) => document.documentElement.classList.toggle("dropping", isDropping);
addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  marked(true);
});
addEventListener("dragleave", (event) => {
  if (!carriesFiles(event)) return;
  depth = Math.max(0, depth - 1);
  marked(depth > 0);
});
addEventListener("dragover", (event) => {
  if (carriesFiles(event)) event.preventDefault();
});
addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  marked(false);
  take(event.dataTransfer.files);
});
addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) take(event.clipboardData.files);
});

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

// Coming back with the browser's button shows the page as it was left: with an open tray.
addEventListener("pageshow", (event) => {
  if (event.persisted) close();
});
