// The photo viewer: one dialog for the page; arrows, zoom, facts beside the picture.
import { say } from "./words.js";

const started = new WeakSet();
let viewer = null;
let photos = [];
let place = 0;
let zoom = 1;
let shift = [0, 0];

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function button(act, word, sign) {
  const made = element("button", { type: "button", class: "button small", "aria-label": say(word) });
  made.append(element("span", { "aria-hidden": "true", text: sign }));
  made.addEventListener("click", act);
  return made;
}

function build() {
  const title = element("p", { id: "viewer-title", class: "clip" });
  const original = element("a", { class: "button small", text: say("original") });
  const bar = element("div", { class: "viewer-bar" }, title,
    button(() => zoomTo(zoom / 1.5), "zoomOut", "−"), button(() => zoomTo(zoom * 1.5), "zoomIn", "+"),
    button(() => show(place - 1), "previous", "←"), button(() => show(place + 1), "next", "→"),
    original, button(() => viewer.close(), "close", "×"));
  const picture = element("img", { alt: "" });
  const stage = element("div", { class: "viewer-stage" }, picture);
  const facts = element("dl", { class: "viewer-facts" });
  viewer = element("dialog", { class: "viewer", "aria-labelledby": "viewer-title" }, bar, stage, facts);
  document.body.append(viewer);
  viewer.addEventListener("keydown", keys);
  stage.addEventListener("wheel", (event) => { event.preventDefault(); zoomTo(zoom * (event.deltaY < 0 ? 1.2 : 1 / 1.2)); }, { passive: false });
  drag(stage);
  viewer.parts = { title, original, picture, facts };
}

function keys(event) {
  const act = {
    ArrowLeft: () => show(place - 1), ArrowRight: () => show(place + 1), Home: () => show(0), End: () => show(photos.length - 1),
    "+": () => zoomTo(zoom * 1.5), "=": () => zoomTo(zoom * 1.5), "-": () => zoomTo(zoom / 1.5), 0: () => zoomTo(1),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function drag(stage) {
  let from = null;
  stage.addEventListener("pointerdown", (event) => { from = [event.clientX - shift[0], event.clientY - shift[1]]; stage.setPointerCapture(event.pointerId); });
  stage.addEventListener("pointermove", (event) => {
    if (!from || zoom === 1) return;
    shift = [event.clientX - from[0], event.clientY - from[1]];
    paint();
  });
  stage.addEventListener("pointerup", (event) => {
    const swipe = from && zoom === 1 ? event.clientX - from[0] - shift[0] : 0;
    from = null;
    if (Math.abs(swipe) > 60) show(place + (swipe < 0 ? 1 : -1));
  });
  stage.addEventListener("dblclick", () => zoomTo(zoom > 1 ? 1 : 2.5));
}

function paint() {
  viewer.parts.picture.style.transform = `translate(${shift[0]}px, ${shift[1]}px) scale(${zoom})`;
}

function zoomTo(wanted) {
  zoom = Math.min(12, Math.max(1, wanted));
  if (zoom === 1) shift = [0, 0];
  paint();
}

function show(wanted) {
  place = (wanted + photos.length) % photos.length;
  const link = photos[place];
  const { title, original, picture, facts } = viewer.parts;
  const name = link.dataset.name || "";
  title.textContent = say("photoOf", { place: place + 1, total: photos.length, name });
  picture.src = link.href;
  picture.alt = name;
  original.href = link.dataset.original || link.href;
  facts.replaceChildren(...JSON.parse(link.dataset.facts || "[]").flatMap(([term, value]) => [element("dt", { text: term }), element("dd", { text: value })]));
  zoomTo(1);
}

function open(list, link) {
  if (!viewer) build();
  photos = [...list.querySelectorAll("a[data-photo]")];
  viewer.showModal();
  show(photos.indexOf(link));
}

export function start(root) {
  const lists = root.matches?.("[data-photos]") ? [root] : root.querySelectorAll("[data-photos]");
  for (const list of lists) {
    if (started.has(list)) continue;
    started.add(list);
    list.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-photo]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(list, link);
    });
  }
}
