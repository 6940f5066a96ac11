{% autoescape off %}// Lets the grid worker's page open without a network. It keeps no answer that holds anything of a person.
const CACHE = "tongqu-grid-{{ version }}";
const PAGE = {{ page }};
const OFFLINE = {{ offline }};
const FILES = {{ files }};
const PATIENCE_MS = 6000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([OFFLINE, ...FILES])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("tongqu-grid-") && name !== CACHE;
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

const kept = (url) => caches.open(CACHE).then((cache) => cache.match(url));
const renew = () => caches.open(CACHE).then((cache) => cache.add(OFFLINE)).catch(() => undefined);
const late = () => new Promise((_, refuse) => setTimeout(() => refuse(new Error("late")), PATIENCE_MS));

async function page(event) {
  try {
    const answer = await Promise.race([fetch(event.request), late()]);
    if (answer.status >= 502) throw new Error("down");
    event.waitUntil(renew());
    return answer;
  } catch {
    return (await kept(OFFLINE)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && pathname === PAGE) event.respondWith(page(event));
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname).then((found) => found ?? fetch(event.request)));
});
{% endautoescape %}
