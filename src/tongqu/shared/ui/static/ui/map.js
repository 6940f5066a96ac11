// Map panels: outlines, cases, photos and points over plain land. Everything drawn comes from this site.
import * as maplibre from "./vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { card } from "./map-card.js";
import { comeNearer, isCounted } from "./map-counts.js";
import { fillList } from "./map-list.js";
import { startPicker } from "./map-pick.js";
import { addIcons, baseStyle, fontStack, layersOf, repaint } from "./map-style.js";
import { locale, say } from "./words.js";

const panels = new Map();
const WAIT = 3000;

class Panel {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector(".map-canvas");
    this.config = JSON.parse(document.getElementById(root.dataset.map).textContent);
    this.data = new Map();
    this.waiting = 0;
    this.map = new maplibre.Map({
      container: this.canvas,
      style: baseStyle(),
      center: this.config.center ?? [104, 35],
      zoom: this.config.zoom ?? (this.config.center ? 10 : 3),
      minZoom: 2,
      maxZoom: 19,
      attributionControl: false,
      localIdeographFontFamily: fontStack(),
      locale: { "Map.Title": say("map") },
      dragRotate: false,
      pitchWithRotate: false,
      cooperativeGestures: false,
      fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
    this.popup = new maplibre.Popup({ maxWidth: "280px", closeButton: true, focusAfterOpen: true, locale });
    this.map.on("load", () => this.begin());
    this.map.on("idle", () => this.rest());
    this.map.on("moveend", () => this.moved());
    this.tools();
  }

  get layers() { return this.config.layers ?? []; }

  async begin() {
    addIcons(this.map);
    this.layers.forEach((layer, place) => this.add(layer, place));
    if (this.config.pick) startPicker(this, maplibre);
    await Promise.all(this.layers.map((layer, place) => (isCounted(layer) ? null : this.fill(layer, place))));
    this.filled = true;
    this.fit();
    // Counts are asked for the box in sight, which is known now; they do not wait to be moved.
    this.layers.forEach((layer, place) => { if (isCounted(layer)) this.fill(layer, place); });
  }

  rest() {
    if (!this.filled || this.waiting) return;
    this.canvas.dataset.idle = "true";
  }

  add(layer, place) {
    const id = `layer-${place}`;
    const points = layer.kind !== "outlines";
    const grouped = points && layer.kind !== "photos" && !isCounted(layer) && layer.cluster !== false;
    const empty = { type: "FeatureCollection", features: [] };
    const lamps = (colour) => ["+", ["case", ["==", ["get", "lamp"], colour], 1, 0]];
    this.map.addSource(id, {
      type: "geojson",
      data: empty,
      ...(grouped
        ? { cluster: true, clusterRadius: 36, clusterMaxZoom: 15, clusterProperties: { red: lamps("red"), yellow: lamps("yellow") } }
        : {}),
    });
    if (!points) this.map.addSource(`${id}-names`, { type: "geojson", data: empty });
    for (const made of layersOf(layer, id)) {
      this.map.addLayer(made);
      if (layer.on === false) this.map.setLayoutProperty(made.id, "visibility", "none");
    }
    if (isCounted(layer)) this.listenToCounts(id);
    else if (points) this.listen(id, grouped ? ["groups", "points"] : ["far", "points"].filter((part) => this.map.getLayer(`${id}-${part}`)));
  }

  listen(id, parts) {
    if (parts.includes("groups")) this.map.on("click", `${id}-groups`, async (event) => {
      const group = event.features[0];
      const zoom = await this.map.getSource(id).getClusterExpansionZoom(group.properties.cluster_id);
      this.map.easeTo({ center: group.geometry.coordinates, zoom: Math.min(zoom + 0.2, 18) });
    });
    for (const part of parts) {
      if (part !== "groups") this.map.on("click", `${id}-${part}`, (event) => this.show(event.features[0]));
      this.map.on("mouseenter", `${id}-${part}`, () => { this.map.getCanvas().style.cursor = "pointer"; });
      this.map.on("mouseleave", `${id}-${part}`, () => { this.map.getCanvas().style.cursor = ""; });
    }
  }

  listenToCounts(id) {
    const acts = { groups: (feature) => comeNearer(this.map, feature), points: (feature) => this.show(feature) };
    for (const [part, act] of Object.entries(acts)) {
      if (!this.map.getLayer(`${id}-${part}`)) continue;
      this.map.on("click", `${id}-${part}`, (event) => act(event.features[0]));
      this.map.on("mouseenter", `${id}-${part}`, () => { this.map.getCanvas().style.cursor = "pointer"; });
      this.map.on("mouseleave", `${id}-${part}`, () => { this.map.getCanvas().style.cursor = ""; });
    }
  }

  async fill(layer, place) {
    if (isCounted(layer) && layer.on === false) return;
    this.waiting += 1;
    delete this.canvas.dataset.idle;
    try {
      const found = layer.data ?? (await this.fetch(layer));
      this.data.set(place, found.features ?? []);
      const id = `layer-${place}`;
      this.map.getSource(id).setData(found);
      if (isCounted(layer)) this.root.dispatchEvent(new CustomEvent("tongqu:counted", { detail: { layer, found } }));
      if (layer.kind === "outlines") this.map.getSource(`${id}-names`).setData(namesOf(found));
      this.status(found.cut || found.truncated ? say("cut", { name: layer.label ?? "", count: found.features.length }) : "");
    } catch (error) {
      this.status(say("layerFailed", { name: layer.label ?? "" }));
    } finally {
      this.waiting -= 1;
    }
    fillList(this);
  }

  async fetch(layer) {
    const address = new URL(layer.url, location.href);
    if (layer.bbox) address.searchParams.set("bbox", this.map.getBounds().toArray().flat().map((n) => n.toFixed(5)).join(","));
    if (isCounted(layer)) address.searchParams.set("zoom", this.map.getZoom().toFixed(2));
    const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  refresh() {
    this.layers.forEach((layer, place) => { if (layer.live && layer.on !== false) this.fill(layer, place); });
  }

  moved() {
    fillList(this);
    clearTimeout(this.timer);
    if (this.filled) this.timer = setTimeout(() => this.layers.forEach((l, p) => { if (l.bbox) this.fill(l, p); }), 250);
  }

  fit() {
    const fixed = this.config.center || this.fitted;
    const bounds = new maplibre.LngLatBounds();
    const focus = this.config.focus && [...this.data.values()].flat().find((feature) => feature.properties.code === this.config.focus);
    const isOutlines = (place) => this.layers[place].kind === "outlines";
    // Points far outside (a photo of another country) must not shrink the region to a dot.
    const byOutlines = this.config.fit !== "points" && [...this.data].some(([place, found]) => isOutlines(place) && found.length);
    if (focus) corners(focus.geometry, (point) => bounds.extend(point));
    else this.data.forEach((features, place) => {
      if (isOutlines(place) !== byOutlines) return;
      for (const feature of features) corners(feature.geometry, (point) => bounds.extend(point));
    });
    if (bounds.isEmpty()) return;
    this.home = bounds;
    if (!fixed) this.map.fitBounds(bounds, { padding: 24, duration: 0, maxZoom: 15 });
    this.fitted = true;
  }

  status(text) {
    const place = this.root.querySelector(".map-status");
    if (place) place.textContent = text;
  }

  tools() {
    const act = (name, run) => this.root.querySelector(`[data-tool=${name}]`)?.addEventListener("click", run);
    act("in", () => this.map.zoomIn());
    act("out", () => this.map.zoomOut());
    act("home", () => {
      if (this.home) this.map.fitBounds(this.home, { padding: 24, maxZoom: 15 });
      else if (this.config.center) this.map.easeTo({ center: this.config.center, zoom: this.config.zoom ?? 10 });
    });
    for (const box of this.root.querySelectorAll("[data-layer]")) {
      box.addEventListener("change", () => this.turn(Number(box.dataset.layer), box.checked));
    }
  }

  turn(place, on) {
    const layer = this.layers[place];
    layer.on = on;
    if (on && isCounted(layer)) this.fill(layer, place);
    for (const made of layersOf(layer, `layer-${place}`)) this.map.setLayoutProperty(made.id, "visibility", on ? "visible" : "none");
    fillList(this);
  }

  show(feature) {
    this.popup.setLngLat(feature.geometry.coordinates).setDOMContent(card(feature.properties)).addTo(this.map);
  }
}

function namesOf(found) {
  return {
    type: "FeatureCollection",
    features: (found.features ?? []).filter((f) => f.properties.centre?.[0] != null).map((f) => ({
      type: "Feature", properties: f.properties, geometry: { type: "Point", coordinates: f.properties.centre },
    })),
  };
}

function corners(geometry, each) {
  if (!geometry) return;
  const walk = (part) => (typeof part[0] === "number" ? each(part) : part.forEach(walk));
  walk(geometry.coordinates);
}

function hasWebGL() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

export function start(root) {
  const found = root.matches?.("[data-map]") ? [root] : root.querySelectorAll("[data-map]");
  for (const panel of found) {
    if (panels.has(panel)) continue;
    if (!hasWebGL()) {
      panel.querySelector(".map-canvas").textContent = say("noMap");
      panels.set(panel, null);
      continue;
    }
    panels.set(panel, new Panel(panel));
  }
}

let last = 0;
let due = null;
document.addEventListener("tongqu:changed", () => {
  clearTimeout(due);
  due = setTimeout(() => {
    last = performance.now();
    panels.forEach((panel) => panel?.refresh());
  }, Math.max(0, WAIT - (performance.now() - last)));
});
document.addEventListener("tongqu:theme", () => panels.forEach((panel) => {
  if (!panel?.filled) return;
  addIcons(panel.map);
  repaint(panel.map, panel.layers);
}));
