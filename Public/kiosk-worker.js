// Keeps the kiosk's page, without anything of a visitor, for when it is opened while the server is away.

const name = "kiosk";

async function keep() {
  const page = await fetch("/kiosk", { cache: "no-store", credentials: "omit" });
  if (!page.ok) return;
  const files = new Set((await page.clone().text()).match(/\/static\/[^"]+/g));
  const cache = await caches.open(name);
  await cache.addAll(files);
  await cache.put("/kiosk", page);
  const wanted = [...files, "/kiosk"].map((path) => new URL(path, location.origin).href);
  for (const request of await cache.keys()) if (!wanted.includes(request.url)) await cache.delete(request);
}

const kept = () => caches.match("/kiosk", { ignoreVary: true });

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate" && path === "/kiosk") {
    const answer = fetch(request);
    event.respondWith(
      answer.then((page) => (page.status < 500 ? page : kept()), () => kept()));
    event.waitUntil(answer.then(keep).catch(() => {}));
  } else if (path.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
