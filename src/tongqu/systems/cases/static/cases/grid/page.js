// The grid worker's page: write a report, keep it on the phone, send it once when there is a network.
import { send } from "./send.js";
import { UNSENT, all, drop, keep, read } from "./store.js";

const root = document.querySelector("[data-grid]");
const words = JSON.parse(document.getElementById("grid-words").textContent);
const form = root.querySelector("form");
const list = root.querySelector("[data-drafts]");
const MOST_SENT = 20;
const sending = new Set();
let wait = 15_000;
let timer = 0;

// Who writes: the page says so online; offline it is who was here last and has not signed out.
if (root.dataset.person) localStorage.setItem("tongqu:who", JSON.stringify({ id: root.dataset.person, name: root.dataset.name }));
const who = JSON.parse(localStorage.getItem("tongqu:who") ?? "null");
const isOffline = !root.dataset.person;

const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function make(tag, attributes = {}, ...children) {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children.filter(Boolean));
  return element;
}

function acts(draft) {
  const button = (word, act, style = "quiet") => {
    const made = make("button", { type: "button", className: `button ${style}`, textContent: say(word) });
    made.addEventListener("click", () => act(draft));
    return made;
  };
  if (sending.has(draft.key)) return [];
  if (draft.state === "sent") return [make("a", { className: "button quiet", href: draft.url, textContent: say("open") })];
  if (draft.state === "refused") return [button("correct", correct, ""), button("remove", remove)];
  return [button("sendNow", () => sendAll(true), ""), button("remove", remove)];
}

function reasonsOf(draft) {
  const found = (draft.reasons ?? []).map((reason) => make("li", { textContent: reason }));
  if (draft.why && !sending.has(draft.key)) found.push(make("li", { textContent: say(`why-${draft.why}`) }));
  return found.length ? make("ul", { className: "grid-why" }, ...found) : null;
}

function card(draft) {
  const state = sending.has(draft.key) ? "sending" : draft.state;
  const text = state === "sent" ? say("sentAs", { number: draft.number }) : say(state);
  const about = [new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" })];
  if (draft.photos.length) about.push(say("photos", { count: draft.photos.length }));
  if (draft.lon) about.push(say("placed"));
  return make("li", { className: `card grid-draft is-${state}` },
    make("p", { className: "row between" },
      make("span", { className: "chip", textContent: text }),
      make("span", { className: "muted num", textContent: about.join(" · ") })),
    make("p", { className: "grid-text", textContent: draft.text }),
    reasonsOf(draft),
    make("div", { className: "row" }, ...acts(draft)));
}

async function show() {
  const drafts = await all();
  const mine = drafts.filter((draft) => draft.owner === who?.id);
  list.replaceChildren(...mine.map(card));
  root.querySelector("[data-none]").hidden = mine.length > 0;
  const others = drafts.length - mine.length;
  const note = root.querySelector("[data-others]");
  note.hidden = !others;
  note.querySelector("p").textContent = say("others", { count: others });
  root.querySelector("[data-offline]").hidden = navigator.onLine && !isOffline;
  root.querySelector("[data-back]").hidden = !(navigator.onLine && isOffline);
}

async function sendOne(draft) {
  sending.add(draft.key);
  await show();
  await keep({ ...draft, tries: draft.tries + 1 });
  const became = await send(draft, root.dataset.send);
  sending.delete(draft.key);
  const now = await read(draft.key);
  if (!now) return became; // signed out meanwhile
  const next = { ...now, reasons: [], why: "", ...became };
  // Of what has arrived only the first words stay on the phone.
  await keep(became.state === "sent" ? { ...next, text: draft.text.slice(0, 30), photos: [], lon: "", lat: "", place_text: "" } : next);
  return became;
}

async function sendMine() {
  let isCut = false;
  for (const draft of (await all()).reverse()) {
    if (draft.owner !== who?.id || draft.state !== "kept" || sending.has(draft.key)) continue;
    const became = await sendOne(draft);
    isCut = became.state === "kept";
    if (isCut) break;
  }
  const done = (await all()).filter((draft) => draft.state === "sent" && draft.owner === who?.id);
  await drop(done.slice(MOST_SENT).map((draft) => draft.key));
  return isCut;
}

// One page at a time sends; another one that is open leaves it to the first.
const alone = (act) => (navigator.locks ? navigator.locks.request("tongqu-grid", { ifAvailable: true }, (lock) => lock && act()) : act());

async function sendAll(isAsked = false) {
  clearTimeout(timer);
  if (!who || (!navigator.onLine && !isAsked)) return show();
  const isCut = await alone(sendMine);
  wait = isCut && !isAsked ? Math.min(wait * 2, 300_000) : 15_000;
  if (isCut) timer = setTimeout(sendAll, wait);
  return show();
}

async function remove(draft) {
  if (!confirm(say(draft.tries ? "removeSent" : "removeAsk"))) return;
  await drop([draft.key]);
  await show();
}

function correct(draft) {
  for (const name of ["key", "text", "matter_code", "place_text", "lon", "lat"]) form.elements[name].value = draft[name];
  position();
  form.elements.text.focus();
}

function position(problem = "") {
  const { lon, lat } = form.elements;
  const text = problem || (lon.value ? say("at", { lon: Number(lon.value).toFixed(5), lat: Number(lat.value).toFixed(5) }) : say("noPlace"));
  root.querySelector("[data-position]").textContent = text;
}

function find() {
  position(say("finding"));
  navigator.geolocation.getCurrentPosition((found) => {
    form.elements.lon.value = found.coords.longitude;
    form.elements.lat.value = found.coords.latitude;
    position();
  }, () => position(say("noPosition")), { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 });
}

const photosOf = (input) => Promise.all([...input.files].map(async (file) => ({ name: file.name, type: file.type, data: await file.arrayBuffer() })));

async function write(event) {
  event.preventDefault();
  const text = form.elements.text.value.trim();
  const problem = root.querySelector("[data-problem]");
  problem.textContent = !who ? say("nobody") : !text ? say("noText") : form.elements.photos.files.length > 9 ? say("tooMany") : "";
  if (problem.textContent) return;
  const key = form.elements.key.value || crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`;
  const fields = Object.fromEntries(["matter_code", "place_text", "lon", "lat"].map((name) => [name, form.elements[name].value]));
  const was = form.elements.key.value ? await read(key) : null;
  const photos = form.elements.photos.files.length ? await photosOf(form.elements.photos) : (was?.photos ?? []);
  try {
    await keep({ key, owner: who.id, text, ...fields, photos, at: Date.now(), state: "kept", tries: 0, why: "", reasons: [] });
  } catch {
    problem.textContent = say("full");
    return;
  }
  form.reset();
  form.elements.key.value = form.elements.lon.value = form.elements.lat.value = "";
  position();
  navigator.storage?.persist?.();
  await sendAll();
}

form.addEventListener("submit", write);
root.querySelector("[data-find]").addEventListener("click", find);
root.querySelector("[data-others] button").addEventListener("click", async () => {
  const others = (await all()).filter((draft) => draft.owner !== who?.id);
  if (others.some((draft) => UNSENT.includes(draft.state)) && !confirm(say("removeAsk"))) return;
  await drop(others.map((draft) => draft.key));
  await show();
});
addEventListener("online", () => sendAll());
addEventListener("offline", show);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendAll());
navigator.serviceWorker?.register(root.dataset.worker, { scope: root.dataset.scope });
position();
root.querySelector("[data-who]").textContent = who?.name ?? "";
sendAll();
