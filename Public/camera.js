// The camera: its picture while it is looked at, and a photo of it. It is let go whatever happens.

import { text } from "./texts.js";

/** A camera that shows its picture in a <video>. */
export class Camera {
  #stream = null;
  #devices = [];
  #index = -1;
  /** Called when the camera goes away by itself. */
  onlost = () => {};

  constructor(video) {
    this.video = video;
    video.muted = true;
    video.playsInline = true;
  }

  /** How many cameras there are, as far as the browser says. */
  get count() {
    return this.#devices.length;
  }

  /**
   * Begins with the rear camera (`environment`) or the front one (`user`), or with a device. A camera that `faces` the visitor
   * is above the screen, whatever it says of itself. Rejects as getUserMedia does.
   */
  async start({ facing = "environment", deviceId, faces = false } = {}) {
    this.stop();
    const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: facing } };
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false, video: { ...which, width: { ideal: 1920 }, height: { ideal: 1440 } },
    });
    this.#stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => this.#stream === stream && this.onlost());
    const { facingMode, deviceId: id } = track.getSettings();
    // Phones say where a camera looks. One that does not say is turned only if it is built into the screen's frame, as its
    // name tells: one on a cable looks anywhere, and a picture that is wrongly turned misleads the hand.
    const isBuiltIn = /built.?in|integrated|internal|facetime|front/i.test(track.label);
    const front = facingMode ? facingMode === "user" : faces || isBuiltIn;
    this.video.classList.toggle("mirrored", front);
    this.video.srcObject = stream;
    await this.video.play();
    this.#devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    this.#index = this.#devices.findIndex((device) => device.deviceId === id);
  }

  /** Goes on to the next camera. */
  async next() {
    const device = this.#devices[(this.#index + 1) % this.#devices.length];
    await this.start({ deviceId: device?.deviceId });
  }

  /** The picture as it is now, as a JPEG; never mirrored. */
  async photo() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
    return new File([blob], "camera.jpg", { type: "image/jpeg" });
  }

  /** Lets the camera go. */
  stop() {
    const stream = this.#stream;
    this.#stream = null;
    stream?.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
  }
}

/** What to say of a failure of getUserMedia. */
export function cameraProblem(error) {
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return text("script.camera.refused");
    case "NotFoundError":
    case "OverconstrainedError":
      return text("script.camera.missing");
    case "NotReadableError":
    case "AbortError":
      return text("script.camera.inUse");
    default:
      return text("script.camera.failed");
  }
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Shows the camera, and resolves to a photo, or to `null` when it was closed without. */
export function takePhoto() {
  const video = element("video");
  const status = element("p", { className: "tray-status", role: "status" });
  const button = (key, look) => element("button", { type: "button", className: look, textContent: text(key) });
  const shoot = button("script.camera.shoot", "button");
  const turn = button("script.camera.switch", "button button-quiet");
  const retry = button("script.retry", "button");
  const leave = button("script.close", "button button-quiet");
  const heading = element("h2", { className: "tray-title", id: "camera-title", textContent: text("script.camera.title") });
  const dialog = element(
    "dialog", { className: "tray camera" }, heading, element("div", { className: "camera-view" }, video), status,
    element("div", { className: "actions" }, shoot, turn, retry, leave),
  );
  dialog.setAttribute("aria-labelledby", "camera-title");
  const camera = new Camera(video);

  return new Promise((resolve) => {
    const finish = (photo) => {
      camera.stop();
      removeEventListener("pagehide", away);
      dialog.close();
      dialog.remove();
      resolve(photo);
    };
    const away = () => finish(null);
    const run = async (work, said) => {
      status.textContent = text("script.camera.starting");
      shoot.disabled = true;
      turn.hidden = retry.hidden = true;
      try {
        await work();
      } catch (error) {
        camera.stop();
        status.textContent = cameraProblem(error);
        retry.hidden = false;
        retry.focus();
        return;
      }
      // Closed while it was starting.
      if (!dialog.open) return camera.stop();
      status.textContent = said;
      shoot.disabled = false;
      turn.hidden = camera.count < 2;
      shoot.focus();
    };
    const start = () => run(() => camera.start(), text("script.camera.ready"));
    camera.onlost = () => run(() => Promise.reject(), "").then(() => (status.textContent = text("script.camera.lost")));
    turn.addEventListener("click", () => run(() => camera.next(), text("script.camera.switched")));
    retry.addEventListener("click", start);
    shoot.addEventListener("click", async () => finish(await camera.photo()));
    leave.addEventListener("click", away);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      away();
    });
    addEventListener("pagehide", away);
    document.body.append(dialog);
    dialog.showModal();
    start();
  });
}
