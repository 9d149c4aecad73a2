// A box on the photo, to search in a part of it: moved and sized by mouse, finger and keyboard.

import { text } from "./texts.js";

const least = 40;
const step = 20;
const clamp = (value, lower, upper) => Math.min(upper, Math.max(lower, value));

/** Lets a box be drawn on the photo in `area`; `link` leads to the search in it. */
function crop(area, link) {
  const given = area.dataset.crop.split(",").map(Number);
  const isGiven = given.length === 4;
  let [left, top, width, height] = isGiven ? given : [100, 100, 800, 800];
  area.querySelector("svg")?.remove();

  const box = document.createElement("div");
  box.className = "crop-box";
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", text("script.crop"));
  box.setAttribute("aria-describedby", "crop-hint");
  const hint = Object.assign(document.createElement("p"), {
    id: "crop-hint", className: "unseen", textContent: text("script.crop.hint"),
  });
  const state = Object.assign(document.createElement("p"), { className: "unseen" });
  state.setAttribute("aria-live", "polite");
  for (const corner of ["nw", "ne", "sw", "se"]) {
    const handle = document.createElement("span");
    handle.className = `crop-handle crop-${corner}`;
    handle.dataset.corner = corner;
    box.append(handle);
  }
  area.append(box);
  area.after(hint, state);

  let saying = 0;
  function draw() {
    Object.assign(box.style, {
      left: `${left / 10}%`, top: `${top / 10}%`, width: `${width / 10}%`, height: `${height / 10}%`,
    });
  }
  function change(values) {
    [left, top, width, height] = values.map(Math.round);
    draw();
    const address = new URL(link.href);
    address.searchParams.set("crop", [left, top, width, height].join(","));
    link.href = address;
    link.hidden = false;
    link.classList.remove("button-quiet");
    clearTimeout(saying);
    saying = setTimeout(() => {
      const [x, y, w, h] = [left, top, width, height].map((value) => Math.round(value / 10));
      state.textContent = text("script.crop.state", { x, y, width: w, height: h });
    }, 300);
  }
  const move = (dx, dy, from = [left, top, width, height]) =>
    change([clamp(from[0] + dx, 0, 1000 - from[2]), clamp(from[1] + dy, 0, 1000 - from[3]), from[2], from[3]]);
  const size = (corner, dx, dy, from = [left, top, width, height]) => {
    let [x, y, w, h] = from;
    if (corner.includes("w")) {
      const moved = clamp(x + dx, 0, x + w - least);
      [x, w] = [moved, w + x - moved];
    } else {
      w = clamp(w + dx, least, 1000 - x);
    }
    if (corner.includes("n")) {
      const moved = clamp(y + dy, 0, y + h - least);
      [y, h] = [moved, h + y - moved];
    } else {
      h = clamp(h + dy, least, 1000 - y);
    }
    change([x, y, w, h]);
  };

  const directions = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  box.addEventListener("keydown", (event) => {
    const by = directions[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      if (!link.hidden) link.click();
    } else if (by && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) size("se", ...by);
      else move(...by);
    }
  });
  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    box.focus({ preventScroll: true, focusVisible: false });
    box.setPointerCapture(event.pointerId);
    const frame = area.getBoundingClientRect();
    const from = [left, top, width, height];
    const { corner } = event.target.dataset;
    const moved = (now) => {
      const dx = (1000 * (now.clientX - event.clientX)) / frame.width;
      const dy = (1000 * (now.clientY - event.clientY)) / frame.height;
      if (corner) size(corner, dx, dy, from);
      else move(dx, dy, from);
    };
    const end = () => {
      box.removeEventListener("pointermove", moved);
      box.removeEventListener("pointerup", end);
      box.removeEventListener("pointercancel", end);
    };
    box.addEventListener("pointermove", moved);
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
  });
  draw();
  box.classList.toggle("crop-suggested", !new URL(location.href).searchParams.has("crop"));
  // Where nothing is suggested, the box begins as a frame that leaves a little out.
  if (!isGiven) change([left, top, width, height]);
}

const area = document.querySelector("[data-crop]");
const link = document.querySelector("[data-crop-link]");
if (area && link) crop(area, link);
