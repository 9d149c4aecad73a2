// Every way in for a photo: the form, links that ask for one, dropping, pasting, an address, the camera.

import { text } from "./texts.js";
import { onChoose, search, searchAddress, unreached } from "./tray.js";

const picker = document.createElement("input");
picker.type = "file";
picker.accept = "image/*";
picker.multiple = true;
picker.addEventListener("change", () => {
  search(picker.files);
  picker.value = "";
});
onChoose(() => picker.click());

document.documentElement.classList.add("enhanced");
for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("button");
  // The browser turns what the server does not read into what it does.
  input.accept = "image/*";
  input.addEventListener("change", () => search(input.files));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) search(input.files);
    else input.click();
  });
  // The file field covers the whole case; the button is only its look.
  button.textContent = text("script.choose");
  button.tabIndex = -1;
  button.setAttribute("aria-hidden", "true");
}
for (const link of document.querySelectorAll("a[data-choose]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    picker.click();
  });
}
for (const form of document.querySelectorAll("form[data-address]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    searchAddress(form.elements.address.value);
  });
}
for (const button of document.querySelectorAll("[data-camera]")) {
  // Browsers lend the camera to safe addresses alone.
  if (!navigator.mediaDevices?.getUserMedia) {
    button.remove();
  } else {
    button.hidden = false;
    let tries = 0;
    button.addEventListener("click", async () => {
      let camera;
      try {
        // Browsers may remember that an address did not answer.
        camera = await (tries ? import(`./camera.js?again=${tries}`) : import("./camera.js"));
      } catch {
        tries += 1;
        unreached(() => button.click());
        return;
      }
      const photo = await camera.takePhoto();
      if (photo) search([photo]);
      else button.focus();
    });
  }
}

/** The address in a piece of text, if it is one and nothing else; in the frame of another site there are none. */
function address(piece) {
  if (document.body.dataset.search) return null;
  const found = (piece ?? "").split("\n").find((line) => line && !line.startsWith("#"))?.trim() ?? "";
  return /^https?:\/\/\S+$/.test(found) ? found : null;
}

const carries = ({ dataTransfer }) => dataTransfer?.types.includes("Files") || dataTransfer?.types.includes("text/uri-list");
const isOwn = ({ dataTransfer }) => dataTransfer?.types.includes("text/x-vitrine");
let depth = 0;
const marked = (isDropping) => document.documentElement.classList.toggle("dropping", isDropping);
// What is dragged from this page itself is none of its photos.
addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/x-vitrine", ""));
for (const [kind, step] of [["dragenter", 1], ["dragleave", -1]]) {
  addEventListener(kind, (event) => {
    if (!carries(event) || isOwn(event)) return;
    depth = Math.max(0, depth + step);
    marked(depth > 0);
  });
}
addEventListener("dragover", (event) => {
  if (carries(event) && !isOwn(event)) event.preventDefault();
});
addEventListener("drop", (event) => {
  if (!carries(event) || isOwn(event)) return;
  event.preventDefault();
  depth = 0;
  marked(false);
  const { files } = event.dataTransfer;
  const from = address(event.dataTransfer.getData("text/uri-list"));
  if (files.length) search(files);
  else if (from) searchAddress(from);
});
addEventListener("paste", (event) => {
  const { clipboardData, target } = event;
  if (clipboardData?.files.length) {
    search(clipboardData.files);
  } else if (!target.closest?.("input, textarea, [contenteditable]")) {
    const from = address(clipboardData?.getData("text"));
    if (from) searchAddress(from);
  }
});
