// Picking a place: click, drag the pin, use the device's position, or put the pin at the middle of the map.
import { say } from "./words.js";

const DIGITS = 6;

function inRing(ring, [x, y]) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

function inGeometry(geometry, point) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.some((rings) => inRing(rings[0], point) && !rings.slice(1).some((hole) => inRing(hole, point)));
}

function divisionsAt(panel, point) {
  const found = [];
  panel.data.forEach((features, place) => {
    if (panel.layers[place].kind !== "outlines") return;
    const hit = features.find((feature) => feature.geometry && inGeometry(feature.geometry, point));
    if (hit) found.push(hit.properties);
  });
  return found.sort((a, b) => a.code.length - b.code.length || a.code.localeCompare(b.code)).map((about) => about.name);
}

export function startPicker(panel, maplibre) {
  const form = panel.root.closest("form") ?? document;
  const inputs = ["lon", "lat"].map((axis) => form.querySelector(`[name="${CSS.escape(panel.config.pick[axis])}"]`));
  const place = panel.root.querySelector(".map-pick .place");
  const pin = new maplibre.Marker({ draggable: true, color: getComputedStyle(document.documentElement).getPropertyValue("--accent").trim() });

  const tell = (point) => {
    const names = divisionsAt(panel, point);
    const outside = panel.data.size && !names.length ? say("outside") : "";
    place.textContent = `${names.join(" · ") || outside} ${point[1].toFixed(5)}, ${point[0].toFixed(5)}`.trim();
  };
  const put = (point, { move = false, zoom = 0 } = {}) => {
    pin.setLngLat(point).addTo(panel.map);
    inputs.forEach((input, axis) => {
      if (!input) return;
      input.value = Number(point[axis]).toFixed(DIGITS);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    tell(point);
    if (move) panel.map.easeTo({ center: point, zoom: Math.max(panel.map.getZoom(), zoom) });
  };
  const typed = () => {
    const point = inputs.map((input) => Number.parseFloat(input?.value));
    if (!point.every(Number.isFinite)) return;
    pin.setLngLat(point).addTo(panel.map);
    tell(point);
    panel.map.easeTo({ center: point, zoom: Math.max(panel.map.getZoom(), 12) });
  };

  panel.map.on("click", (event) => put(event.lngLat.toArray()));
  pin.on("dragend", () => put(pin.getLngLat().toArray()));
  inputs.forEach((input) => input?.addEventListener("input", typed));
  panel.root.querySelector("[data-pick=middle]")?.addEventListener("click", () => put(panel.map.getCenter().toArray()));
  panel.root.querySelector("[data-pick=here]")?.addEventListener("click", () => {
    place.textContent = say("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => put([coords.longitude, coords.latitude], { move: true, zoom: 15 }),
      () => { place.textContent = say("noPosition"); },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
  panel.put = put;
  panel.map.once("idle", typed);
}
