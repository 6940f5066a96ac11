// The time axis: the map of places, and the stack of photos of one of them.
import { toast } from "../ui/toast.js";
import * as address from "./address.js";
import { Changes } from "./changes.js";
import { DEEPEST } from "./ground.js";
import { startKeys } from "./keys.js";
import { fillCases, labelOf, showFacts, showFromCase, showInexact, showPair, startAdding, startOrder, startTaking } from "./panel.js";
import { Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { config, element, find, say } from "./words.js";

const root = find("timeline");
const veil = find("veil");
const MOST_PAGES = 5;
const ASK_AGAIN_MS = [500, 400, 400, 400, 600, 600, 1000, 1000, 2000, 2000, 4000, 4000, 8000, 8000, 15000, 15000, 30000, 30000];
const state = { place: null, zoom: 7, photos: [], a: null, b: null, mode: "single", picks: "a", from: "", to: "", next: null, fromCase: "" };
let asking = 0;
let missing = 0;

const exact = () => state.photos.filter((photo) => photo.tiles);

function veiled(text, act) {
  veil.hidden = !text;
  veil.replaceChildren(...(text ? [element("p", { text })] : []));
  if (!act) return;
  const button = element("button", { type: "button", class: "button", text: say("again") });
  button.addEventListener("click", act);
  veil.append(button);
}

if (!document.createElement("canvas").getContext("webgl2")) {
  veiled(say("noMap"));
  throw new Error("no WebGL");
}
const stage = new Stage(find("stage"), {
  onMove: moved,
  onClick: (event) => clicked(event),
  onMissing: () => { if (missing++ === 0) toast(say("tilesFailed"), "warning"); },
});
const strip = new Strip({ onChoose: choose });
const changes = new Changes(stage);

function clicked(event) {
  if (changes.clicked(event)) return;
  if (state.place && exact().length) return;
  const near = stage.map.queryRenderedFeatures(event.point, { layers: ["places-circle"] })[0];
  const place = near ? near.geometry.coordinates : [event.lngLat.lng, event.lngLat.lat];
  if (near && near.properties.count > 1 && stage.map.getZoom() < 13) {
    stage.map.easeTo({ center: place, zoom: Math.min(stage.map.getZoom() + 3.5, 15) });
    return;
  }
  open(place);
}

async function ask(before) {
  const asked = new URLSearchParams({ lon: state.place[0], lat: state.place[1] });
  if (state.from) asked.set("from", state.from);
  if (state.to) asked.set("to", state.to);
  if (before) asked.set("before", before);
  const answer = await fetch(`${config.stack}?${asked}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// Opens the stack of a place; `wanted` is what an address names.
async function open(place, wanted = {}) {
  Object.assign(state, { place, photos: [], a: null, b: null, next: null });
  const turn = ++asking;
  missing = 0;
  veiled(say("loading"));
  // On a phone the list lies below the stage.
  if (stage.root.getBoundingClientRect().top < 0) stage.root.scrollIntoView({ block: "start" });
  find("places").hidden = true;
  find("about").hidden = false;
  document.querySelectorAll("[data-tool=back]").forEach((one) => { one.hidden = false; });
  try {
    const found = await ask();
    if (turn !== asking) return;
    fill(found);
    for (let page = 1; page < MOST_PAGES && state.next && isLacking(wanted); page += 1) fill(await ask(state.next), true);
    if (turn !== asking) return;
    begin(wanted);
    if (found.aligning) follow(turn, 0);
  } catch (error) {
    if (turn === asking) veiled(say("failed"), () => open(place, wanted));
  }
}

const named = (mark) => (mark ? exact().find((photo) => photo.sha256.startsWith(mark)) : null);
const isLacking = (wanted) => Boolean((wanted.photo && !named(wanted.photo)) || (wanted.second && !named(wanted.second)));

function fill(found, isMore = false) {
  state.photos = isMore ? [...state.photos, ...found.photos] : found.photos;
  state.next = found.next;
  state.isAligning = found.aligning;
}

function begin(wanted) {
  const photos = exact();
  veiled(state.photos.length ? "" : say("none"));
  state.a = named(wanted.photo) ?? photos.find((photo) => photo.day === wanted.date) ?? photos[0] ?? null;
  state.b = named(wanted.second) ?? photos[photos.indexOf(state.a) + 1] ?? photos.find((photo) => photo !== state.a) ?? null;
  strip.fill(photos);
  showInexact(state.photos.filter((photo) => !photo.tiles));
  fillCases(state.place, state.fromCase);
  if (wanted.zoom) stage.map.jumpTo({ center: wanted.centre ?? state.place, zoom: wanted.zoom });
  else if (state.a) fit();
  if (state.a) stage.a.ahead(state.a.tiles);
  setMode(photos.length > 1 ? (wanted.mode ?? state.mode) : "single");
}

// Asks again while photos are being laid on each other, and swaps in the better ones.
function follow(turn, count) {
  if (count >= ASK_AGAIN_MS.length) return;
  setTimeout(async () => {
    if (turn !== asking) return;
    const found = await ask().catch(() => null);
    if (turn !== asking || !found) return;
    // By the photo, not its view: a corrected pose is a view of its own.
    const fresh = new Map(found.photos.map((photo) => [photo.sha256, photo]));
    const isNew = state.photos.some((photo) => fresh.has(photo.sha256) && fresh.get(photo.sha256).tiles?.url !== photo.tiles?.url);
    for (const photo of state.photos) if (fresh.has(photo.sha256)) Object.assign(photo, fresh.get(photo.sha256));
    state.isAligning = found.aligning;
    if (isNew || !found.aligning) render();
    if (found.aligning) follow(turn, count + 1);
  }, ASK_AGAIN_MS[count]);
}

function choose(photo) {
  if (!photo) return;
  if (state.mode !== "single" && state.picks === "b") state.b = photo;
  else state.a = photo;
  render();
}

function step(by, which = state.mode === "single" ? "a" : state.picks) {
  const photos = exact();
  const place = photos.indexOf(state[which]) + by;
  if (place < 0 || place >= photos.length) return;
  state[which] = photos[place];
  render();
}

function setMode(mode) {
  if (mode !== "single" && exact().length < 2) {
    if (state.place) toast(say("needTwo"), "warning");
    mode = "single";
  }
  if (state.a === state.b) state.b = exact().find((photo) => photo !== state.a) ?? null;
  state.mode = mode;
  render();
}

function fit() {
  const [west, south, east, north] = state.a.tiles.footprint;
  stage.map.fitBounds([[west, south], [east, north]], { padding: 24, duration: 0, maxZoom: DEEPEST });
}

function full() {
  if (!state.a) return;
  stage.map.jumpTo({ center: state.place, zoom: Math.min(DEEPEST, state.a.tiles.maxzoom - Math.log2(devicePixelRatio > 1.4 ? 2 : 1)) });
}

function back() {
  asking += 1;
  Object.assign(state, { place: null, photos: [], a: null, b: null, mode: "single" });
  veiled("");
  strip.fill([]);
  find("places").hidden = false;
  find("about").hidden = true;
  document.querySelectorAll(".map-tools [data-tool=back]").forEach((one) => { one.hidden = true; });
  render();
  stage.map.easeTo({ zoom: Math.min(stage.map.getZoom(), 11) });
  countPlaces();
}

function render() {
  const { place, a, b, mode } = state;
  const photos = exact();
  const near = [photos[photos.indexOf(a) - 1], photos[photos.indexOf(a) + 1]];
  root.dataset.mode = mode;
  for (const button of document.querySelectorAll("[data-mode-button]")) {
    button.setAttribute("aria-pressed", String(button.dataset.modeButton === mode));
    button.disabled = !place;
  }
  tellPick();
  label("a", a);
  label("b", mode === "single" ? null : b);
  tellStatus();
  stage.show({ place, a, b, mode, near: mode === "single" ? near : [] }).then(() => changes.draw());
  state.changes = changes.on;
  changes.show({ place, a, b, photos });
  strip.mark(a, mode === "single" ? null : b, mode !== "single" && state.picks === "b" ? b : a);
  showFacts(a, b, mode);
  showPair(a, b);
  state.zoom = stage.map.getZoom();
  address.write(state);
}

function label(which, photo) {
  const made = document.querySelector(`[data-label=${which}]`);
  made.hidden = !photo;
  made.replaceChildren(...(photo ? labelOf(photo) : []));
}

function tellStatus() {
  const words = [];
  if (state.place && state.photos.length) words.push(say(state.next ? "countMore" : "count", { count: state.photos.length }));
  if (words.length && state.isAligning) words.push(say("aligning"));
  find("status").replaceChildren(...words.map((text, place) => element("p", { text, class: place ? "muted" : "" })));
}

function tellPick() {
  find("pick").hidden = state.mode === "single";
  const names = ["side", "swipe"].includes(state.mode) ? { a: say("left"), b: say("right") } : { a: say("first"), b: say("second") };
  for (const button of document.querySelectorAll("[data-pick-button]")) {
    const which = button.dataset.pickButton;
    button.textContent = `${which.toUpperCase()} ${names[which]}`;
    button.setAttribute("aria-pressed", String(state.picks === which));
  }
}

let counting;
function moved() {
  state.zoom = stage.map.getZoom();
  if (state.place) { address.write(state); return; }
  clearTimeout(counting);
  counting = setTimeout(countPlaces, 200);
}

async function countPlaces() {
  await stage.a.ready;
  const box = stage.map.getBounds().toArray().flat().map((side) => side.toFixed(5)).join(",");
  const answer = await fetch(`${config.places}?bbox=${box}&zoom=${stage.map.getZoom().toFixed(2)}`).catch(() => null);
  if (!answer?.ok) { toast(say("failed"), "warning"); return; }
  const found = await answer.json();
  stage.a.setPlaces(found);
  find("cut").textContent = found.cut ? say("cut") : "";
}

// Changes are those between two pictures, so that two are shown.
function toggleChanges() {
  if (!state.place) return;
  if (!changes.on && exact().length < 2) { toast(say("needTwo"), "warning"); return; }
  changes.on = !changes.on;
  if (changes.on && state.mode === "single") setMode("swipe");
  else render();
}

function swap() {
  if (state.mode === "blink") stage.pause();
  else if (state.b) { [state.a, state.b] = [state.b, state.a]; render(); }
}

const acts = {
  step, setMode, toggleChanges, full, fit: () => state.a && fit(), back, swap,
  zoom: (by) => stage.map.easeTo({ zoom: stage.map.getZoom() + by }),
};
startKeys(acts);
startAdding(state);
startOrder();
startTaking(state, stage);
find("changes-button").addEventListener("click", toggleChanges);
for (const button of document.querySelectorAll("[data-mode-button]")) button.addEventListener("click", () => setMode(button.dataset.modeButton));
for (const button of document.querySelectorAll("[data-pick-button]")) button.addEventListener("click", () => { state.picks = button.dataset.pickButton; render(); });
const tools = { in: () => acts.zoom(1), out: () => acts.zoom(-1), fit: acts.fit, full, back };
for (const button of document.querySelectorAll("[data-tool]")) button.addEventListener("click", tools[button.dataset.tool]);
for (const button of document.querySelectorAll("[data-go]")) button.addEventListener("click", () => open(button.dataset.go.split(",").map(Number)));
find("span").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  Object.assign(state, { from: form.get("from"), to: form.get("to") });
  open(state.place, { mode: state.mode, zoom: stage.map.getZoom(), centre: stage.map.getCenter() });
});
find("copy").addEventListener("click", () => {
  navigator.clipboard?.writeText(location.href).then(() => toast(say("copied")), () => toast(say("notCopied"), "warning")) ?? toast(say("notCopied"), "warning");
});
document.addEventListener("tongqu:theme", () => { stage.a.repaint(); stage.b?.repaint(); });
addEventListener("popstate", () => arrive());

async function arrive() {
  const asked = address.read();
  Object.assign(state, { mode: asked.mode, from: asked.from, to: asked.to, fromCase: asked.fromCase });
  changes.on = asked.changes;
  showFromCase(asked.fromCase);
  const form = find("span");
  form.elements.from.value = asked.from;
  form.elements.to.value = asked.to;
  if (asked.place) { open(asked.place, asked); return; }
  await home();
  render();
}

async function home() {
  const [first] = config.outlines;
  const answer = await fetch(first.url).catch(() => null);
  const found = answer?.ok ? await answer.json() : { features: [] };
  const wanted = found.features.filter((one) => !config.focus || one.properties.code === config.focus);
  const sides = [180, 90, -180, -90];
  const walk = (part) => {
    if (typeof part[0] !== "number") { part.forEach(walk); return; }
    sides[0] = Math.min(sides[0], part[0]); sides[1] = Math.min(sides[1], part[1]);
    sides[2] = Math.max(sides[2], part[0]); sides[3] = Math.max(sides[3], part[1]);
  };
  for (const one of wanted.length ? wanted : found.features) walk(one.geometry.coordinates);
  if (sides[0] < sides[2]) stage.map.fitBounds([[sides[0], sides[1]], [sides[2], sides[3]]], { padding: 24, duration: 0 });
  countPlaces();
}

arrive();
