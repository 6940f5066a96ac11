// One map: plain land, the places that photos show, and the pictures of one or two photos lying on it.
import * as maplibre from "../ui/vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";
import { baseStyle, families, fontStack, layersOf } from "../ui/map-style.js";
import { config, element } from "./words.js";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const EMPTY = { type: "FeatureCollection", features: [] };
const MOST_PICTURES = 6;
export const DEEPEST = 23.5;
const FIRST = "places-circle";
const tileSize = () => (devicePixelRatio > 1.4 ? 256 : 512);

export class Ground {
  constructor(canvas, { withPlaces, onMissing }) {
    this.canvas = canvas;
    this.onMissing = onMissing;
    this.pictures = new Map();
    this.map = new maplibre.Map({
      container: canvas, style: baseStyle(), center: [118.87, 28.95], zoom: 7, minZoom: 2, maxZoom: DEEPEST,
      attributionControl: false, localIdeographFontFamily: fontStack(), dragRotate: false, pitchWithRotate: false,
      fadeDuration: 0, locale: { "Map.Title": config.words.map }, keyboard: true,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new maplibre.ScaleControl({ unit: "metric", maxWidth: 110 }), "bottom-left");
    const ring = element("div", { class: "tl-mark", role: "img", "aria-label": config.words.place });
    this.mark = new maplibre.Marker({ element: ring });
    this.map.on("error", (event) => this.failed(event));
    this.map.on("idle", () => { canvas.dataset.idle = "true"; });
    this.map.on("dataloading", () => { delete canvas.dataset.idle; });
    this.ready = new Promise((resolve) => { this.map.on("load", () => { this.begin(withPlaces); resolve(); }); });
  }

  begin(withPlaces) {
    this.map.addSource("places", { type: "geojson", data: EMPTY });
    const size = ["interpolate", ["linear"], ["get", "count"], 1, 9, 10, 13, 100, 18, 1000, 24];
    this.map.addLayer({
      id: FIRST, type: "circle", source: "places",
      paint: { "circle-radius": size, "circle-color": token("surface-raised"), "circle-stroke-color": token("accent"), "circle-stroke-width": 2 },
    });
    this.map.addLayer({
      id: "places-count", type: "symbol", source: "places",
      layout: { "text-field": ["get", "count"], "text-font": families(), "text-size": 12, "text-allow-overlap": true },
      paint: { "text-color": token("ink") },
    });
    if (!withPlaces) this.placesShown(false);
    this.outlines();
  }

  async outlines() {
    await Promise.all(config.outlines.map(async ({ level, url }) => {
      const answer = await fetch(url);
      if (!answer.ok) return;
      const found = await answer.json();
      const id = `outline-${level}`;
      this.map.addSource(id, { type: "geojson", data: found });
      this.map.addSource(`${id}-names`, { type: "geojson", data: centres(found) });
      const below = this.lowestPicture();
      for (const made of layersOf({ kind: "outlines", level }, id)) this.map.addLayer(made, below);
    }));
  }

  lowestPicture() {
    return this.map.getStyle().layers.find((layer) => layer.type === "raster")?.id ?? FIRST;
  }

  placesShown(shown) {
    for (const id of [FIRST, "places-count"]) this.map.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
  }

  setPlaces(found) { this.map.getSource("places").setData(found); }

  setMark(place) {
    if (place) this.mark.setLngLat(place).addTo(this.map);
    else this.mark.remove();
  }

  // Shows pictures, the last on top: `[{ key, tiles, opacity }]`. Those of before stay a while unseen, so that going back is instant.
  show(wanted) {
    const shown = new Map(wanted.map((one) => [one.key, one]));
    for (const one of wanted) this.add(one);
    const unseen = [...this.pictures.keys()].filter((key) => !shown.has(key));
    for (const key of unseen) this.fade(key, 0);
    for (const key of unseen.slice(0, Math.max(0, this.pictures.size - Math.max(MOST_PICTURES, wanted.length)))) this.drop(key);
    for (const one of wanted) {
      this.map.moveLayer(one.key, FIRST);
      this.fade(one.key, one.opacity);
    }
  }

  add({ key, tiles }) {
    if (this.pictures.has(key)) return;
    this.map.addSource(key, {
      type: "raster", tiles: [new URL(tiles.url, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")],
      tileSize: tileSize(), bounds: tiles.bounds, maxzoom: tiles.maxzoom,
    });
    this.map.addLayer({ id: key, type: "raster", source: key, paint: { "raster-fade-duration": 0, "raster-opacity": 0 } }, FIRST);
    this.pictures.set(key, tiles);
  }

  // Has the middle tile of a picture made before the map has drawn its frame and asks for it.
  ahead(tiles) {
    const size = tileSize();
    const zoom = Math.min(Math.round(this.map.getZoom() + Math.log2(512 / size)), tiles.maxzoom);
    const { x, y } = maplibre.MercatorCoordinate.fromLngLat(this.map.getCenter());
    const at = { z: zoom, x: Math.floor(x * 2 ** zoom), y: Math.floor(y * 2 ** zoom) };
    fetch(tiles.url.replace(/\{([zxy])\}/g, (_all, name) => at[name])).catch(() => {});
  }

  fade(key, opacity) { this.map.setPaintProperty(key, "raster-opacity", opacity); }

  drop(key) {
    this.map.removeLayer(key);
    this.map.removeSource(key);
    this.pictures.delete(key);
  }

  failed(event) {
    if (event.sourceId && this.pictures.has(event.sourceId)) this.onMissing();
  }

  // Metres of ground to one pixel of the screen, in the middle.
  get metresPerPixel() {
    const { lat } = this.map.getCenter();
    return (40075016.686 * Math.cos((lat * Math.PI) / 180)) / 512 / 2 ** this.map.getZoom();
  }

  repaint() {
    this.map.setPaintProperty("sea", "background-color", token("map-sea"));
    this.map.setPaintProperty(FIRST, "circle-color", token("surface-raised"));
    this.map.setPaintProperty(FIRST, "circle-stroke-color", token("accent"));
    this.map.setPaintProperty("places-count", "text-color", token("ink"));
    for (const { level } of config.outlines) {
      for (const made of layersOf({ kind: "outlines", level }, `outline-${level}`)) {
        if (!this.map.getLayer(made.id)) continue;
        for (const [name, value] of Object.entries(made.paint ?? {})) this.map.setPaintProperty(made.id, name, value);
      }
    }
  }
}

function centres(found) {
  return {
    type: "FeatureCollection",
    features: found.features.filter((one) => one.properties.centre?.[0] != null).map((one) => ({
      type: "Feature", properties: one.properties, geometry: { type: "Point", coordinates: one.properties.centre },
    })),
  };
}

export function together(one, other) {
  let leads = null;
  const follow = (from, to) => () => {
    if (leads && leads !== from) return;
    leads = from;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    leads = null;
  };
  one.on("move", follow(one, other));
  other.on("move", follow(other, one));
}
