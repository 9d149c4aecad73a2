// The kiosk: one page that is never left, so that no browser's page of errors can come up. All that it knows of a
// visitor is in `visitor` and in the parts that the server sent; `erase` empties both. Texts are the server's.

import { Camera } from "./camera.js";

const find = (selector) => document.querySelector(selector);
const all = (selector) => document.querySelectorAll(selector);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const setting = (name) => Number(document.body.dataset[name]) * 1000;
const ask = (address, options = {}, seconds = 10) =>
  fetch(address, { cache: "no-store", signal: AbortSignal.timeout(seconds * 1000), ...options });
const number = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);

let view = "";
let visitor = {};
let touched = Date.now();
let loaded = Date.now();
let isAway = false;
// Results that the server has not yet said to have erased.
const leftOver = new Set();

function show(name) {
  view = name;
  for (const part of all("[data-view]")) part.hidden = part.dataset.view !== name;
  find("[data-bar]").hidden = ["welcome", "blank"].includes(name);
  if (name !== "camera") closeCamera();
  const part = find(`[data-view=${name}]`);
  part.scrollTop = 0;
  part.querySelector("[tabindex='-1']")?.focus();
}

// The camera

let camera = null;
let isOpening = false;
let counting = 0;

function tell(state) {
  for (const text of all("[data-camera]")) text.hidden = text.dataset.camera !== state;
  find("[data-do=shoot]").disabled = state !== "ready";
}

function closeCamera() {
  stopCounting();
  camera?.stop();
  camera = null;
}

async function openCamera() {
  if (isOpening) return;
  isOpening = true;
  closeCamera();
  const who = visitor;
  const opened = new Camera(find("video"));
  opened.onlost = () => {
    closeCamera();
    tell("missing");
  };
  try {
    await opened.start({ facing: "user", faces: true });
    if (view !== "camera" || who !== visitor) {
      opened.stop();
      return;
    }
    camera = opened;
    tell("ready");
  } catch (error) {
    opened.stop();
    if (view !== "camera" || who !== visitor) return;
    tell(error.name === "NotAllowedError" ? "denied" : "missing");
  } finally {
    isOpening = false;
  }
}

function stopCounting() {
  counting += 1;
  const count = find("[data-count]");
  if (count) count.textContent = "";
  const stop = find("[data-do=stop]");
  if (stop) stop.hidden = true;
  const shoot = find("[data-do=shoot]");
  if (shoot) shoot.hidden = false;
}

async function shoot() {
  stopCounting();
  const turn = counting;
  find("[data-do=shoot]").hidden = true;
  find("[data-do=stop]").hidden = false;
  find("[data-do=stop]").focus();
  for (const left of [3, 2, 1]) {
    find("[data-count]").textContent = number(left);
    await pause(1000);
    if (turn !== counting) return;
  }
  const photo = await camera.photo();
  if (turn === counting) search("image", photo);
}

// What the server is asked for

async function search(field, content) {
  forgetResults();
  show("working");
  const form = new FormData();
  if (field === "image") form.append(field, content, "photo.jpg");
  else form.append(field, content);
  await open("results", "/kiosk/search", { method: "POST", body: form });
}

async function open(name, address, options = {}) {
  const who = visitor;
  try {
    const answer = await ask(address, { ...options, headers: { Accept: "application/json" } }, 30);
    const text = await answer.text();
    const token = answer.ok ? text.match(/data-token="([\w-]+)"/)?.[1] : null;
    if (who !== visitor) {
      // The visitor has gone in the meantime.
      if (token) leftOver.add(token);
      await settle();
      return;
    }
    if (!answer.ok) {
      find("[data-problem]").textContent = JSON.parse(text).error.message;
      show("problem");
      return;
    }
    if (token) visitor.token = token;
    find(`[data-view=${name}]`).innerHTML = text;
    show(name);
  } catch {
    // No answer, or one that is not this server's.
    if (who === visitor) await away();
  }
}

function forgetResults() {
  if (visitor.token) leftOver.add(visitor.token);
  visitor.token = null;
  for (const part of all("[data-fragment]")) part.replaceChildren();
  if (leftOver.size) settle().catch(() => {});
}

/** Has the server erase what is left over, and the browser's cookies with it. */
async function settle() {
  const tokens = [...leftOver];
  const answer = await ask("/kiosk/erase", {
    method: "POST",
    body: new URLSearchParams(tokens.map((token) => ["token", token])),
    keepalive: true,
  });
  if (!answer.ok) throw new Error(answer.statusText);
  for (const token of tokens) leftOver.delete(token);
}

async function erase() {
  if (visitor.token) leftOver.add(visitor.token);
  visitor = {};
  show("blank");
  find("[data-still]").close();
  for (const part of all("[data-fragment]")) part.replaceChildren();
  find("[data-problem]").textContent = "";
  localStorage.clear();
  sessionStorage.clear();
  await renew();
}

/** The page as the server makes it: in the language of the house, with other pictures. */
async function renew() {
  try {
    await settle();
    await load(view);
  } catch {
    await away();
  }
}

async function load(before) {
  const answer = await ask("/kiosk", { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (view !== before) return;
  const script = (of) => of.querySelector("script[src]")?.getAttribute("src");
  if (script(page) !== script(document)) {
    location.reload();
    return;
  }
  document.documentElement.lang = page.documentElement.lang;
  document.documentElement.dir = page.documentElement.dir;
  document.title = page.title;
  document.body.replaceWith(document.importNode(page.body, true));
  loaded = Date.now();
  show("welcome");
}

async function choose(language) {
  visitor.language = language;
  const form = new URLSearchParams({ language, back: "/kiosk" });
  try {
    const before = view;
    await ask("/language", { method: "POST", body: form, redirect: "manual" });
    // Who has gone on meanwhile is not thrown back.
    await load(before);
  } catch {
    await away();
  }
}

/**
 * The server does not answer: waits until it does, and meanwhile keeps what the visitor has found. A server that was started
 * anew does not know it any more: then the screen begins anew too, and says so.
 */
async function away() {
  const [before, who] = [view, visitor];
  show("away");
  if (isAway) return;
  isAway = true;
  do await pause(1000);
  while (!(await isServing()));
  isAway = false;
  // An answer came after all.
  if (view !== "away") return;
  const hadResults = who === visitor && visitor.token;
  if (hadResults && find(`[data-view=${before}][data-fragment]`) && (await isKept(visitor.token))) return show(before);
  await erase();
  if (hadResults && view === "welcome") find("[data-again]").hidden = false;
}

async function isKept(token) {
  try {
    return (await ask(`/results/${token}/photo.jpg`)).ok;
  } catch {
    return false;
  }
}

async function isServing() {
  try {
    return (await ask("/healthz")).ok;
  } catch {
    return false;
  }
}

// What is touched

const actions = {
  begin() {
    find("[data-again]").hidden = true;
    forgetResults();
    show("camera");
    tell("asking");
    openCamera();
  },
  shoot,
  stop: stopCounting,
  demo: (value) => search("item", value),
  piece: (value) => open("piece", `/kiosk/results/${visitor.token}/items/${encodeURIComponent(value)}`),
  back: () => show("results"),
  share() {
    if (find("[data-view=share]").children.length) show("share");
    else open("share", `/kiosk/results/${visitor.token}/share`, { method: "POST" });
  },
  anew: erase,
  stay() {},
  language: choose,
};

addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) actions[button.dataset.do](button.dataset.value);
});
for (const kind of ["pointerdown", "pointermove", "touchmove", "wheel", "keydown", "click"]) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
}
// A finger that rests, or drags a picture, must lead nowhere.
for (const kind of ["contextmenu", "dragstart", "dragover", "drop"]) {
  addEventListener(kind, (event) => event.preventDefault());
}

setInterval(() => {
  const still = find("[data-still]");
  const hasVisitor = visitor.token || visitor.language || !["welcome", "away"].includes(view);
  if (!hasVisitor || view === "blank") return;
  const left = setting("seconds") - (Date.now() - touched);
  // Also after the clock was set back.
  if (left <= 0 || left > setting("seconds") + 1000) erase();
  else if (left <= setting("warning") && view !== "welcome") {
    if (!still.open) still.showModal();
    find("[data-left]").textContent = number(Math.ceil(left / 1000));
  } else if (still.open) still.close();
}, 250);

setInterval(async () => {
  if (view === "camera" && !camera) openCamera();
  const before = view;
  if (["welcome", "camera"].includes(before) && !isAway && !(await isServing())) {
    // Whoever has gone on meanwhile is told by what they asked for.
    if (view === before) away();
  } else if (view === "welcome" && !visitor.language && Date.now() - loaded > 600_000) renew();
}, 5000);
navigator.mediaDevices?.addEventListener("devicechange", () => view === "camera" && !camera && openCamera());

addEventListener("pagehide", () => {
  if (visitor.token) leftOver.add(visitor.token);
  navigator.sendBeacon("/kiosk/erase", new URLSearchParams([...leftOver].map((token) => ["token", token])));
});
addEventListener("pageshow", (event) => event.persisted && erase());

// Keeps this page for the case that it is opened while the server is away.
navigator.serviceWorker?.register("/kiosk/worker.js", { scope: "/kiosk" }).catch(() => {});
show("welcome");
if (!(await isServing()) && view === "welcome") away();
