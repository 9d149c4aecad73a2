// A box on the photo, to search in a part of it: moved and sized by mouse, finger and keyboard.

import { text } from "./texts.js";

/** The shortest side of a box, in thousandths of the photo's, and in pixels of the screen: fingers need room between corners. */
const least = 40;
const leastPixels = 56;
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
  /** The least width and height, in thousandths. */
  const bounds = () => {
    const { width: across, height: down } = area.getBoundingClientRect();
    return [across, down].map((pixels) => Math.min(1000, Math.max(least, Math.ceil((1000 * leastPixels) / Math.max(1, pixels)))));
  };
  function draw() {
    const [narrowest, lowest] = bounds();
    box.classList.toggle("crop-narrow", width < narrowest);
    box.classList.toggle("crop-low", height < lowest);
    Object.assign(box.style, {
      left: `${left / 10}%`, top: `${top / 10}%`, width: `${width / 10}%`, height: `${height / 10}%`,
    });
  }
  function aim(values) {
    [left, top, width, height] = values.map(Math.round);
    draw();
    const address = new URL(link.href);
    address.searchParams.set("crop", [left, top, width, height].join(","));
    link.href = address;
    link.hidden = false;
  }
  function change(values) {
    aim(values);
    // What was drawn is to be searched now; all else steps back.
    link.classList.remove("button-quiet");
    document.querySelector(".yours [data-choose]")?.classList.add("button-quiet");
    clearTimeout(saying);
    saying = setTimeout(() => {
      const [x, y, w, h] = [left, top, width, height].map((value) => Math.round(value / 10));
      state.textContent = text("script.crop.state", { x, y, width: w, height: h });
    }, 300);
  }
  const move = (dx, dy, from = [left, top, width, height]) =>
    change([clamp(from[0] + dx, 0, 1000 - from[2]), clamp(from[1] + dy, 0, 1000 - from[3]), from[2], from[3]]);
  const size = (corner, dx, dy, from = [left, top, width, height]) => {
    const [narrowest, lowest] = bounds();
    // The side that is held moves; where there is no room for the least, the other one gives way.
    const moved = (start, length, by, isFirst, shortest) => {
      const end = start + length;
      if (isFirst) {
        const first = clamp(start + by, 0, Math.max(0, end - shortest));
        return [first, Math.max(end - first, shortest)];
      }
      const size = clamp(length + by, shortest, Math.max(shortest, 1000 - start));
      return [Math.min(start, 1000 - size), size];
    };
    const [x, w] = moved(from[0], from[2], dx, corner.includes("w"), narrowest);
    const [y, h] = moved(from[1], from[3], dy, corner.includes("n"), lowest);
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
  // A box that is usable on a large screen may not be on a small one.
  new ResizeObserver(draw).observe(area);
  box.classList.toggle("crop-suggested", !new URL(location.href).searchParams.has("crop"));
  // Where nothing is suggested, the box begins as a frame that leaves a little out.
  if (!isGiven) aim([left, top, width, height]);
}

const area = document.querySelector("[data-crop]");
const link = document.querySelector("[data-crop-link]");
if (area && link) crop(area, link);
