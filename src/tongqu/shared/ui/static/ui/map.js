// Map panels: outlines, cases, photos and points over plain land, from GeoJSON only.
import * as maplibre from "./vendor/maplibre-gl-6.17.0/maplibre-gl.mjs";

const started = new WeakSet();

export function start(root) {
  for (const panel of root.querySelectorAll("[data-map]")) {
    if (started.has(panel)) continue;
    started.add(panel);
    const config = JSON.parse(document.getElementById(panel.dataset.map).textContent);
    const canvas = panel.querySelector(".map-canvas");
    const map = new maplibre.Map({
      container: canvas,
      center: config.center ?? [118.87, 28.95],
      zoom: config.zoom ?? 8,
      attributionControl: false,
      style: { version: 8, sources: {}, layers: [{ id: "land", type: "background", paint: { "background-color": "#eceeee" } }] },
    });
    map.on("idle", () => { canvas.dataset.idle = "true"; });
  }
}
