// How maps look: layers and icons in the page's own colours.
import { counts, heat } from "./map-counts.js";

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function fontStack() {
  return getComputedStyle(document.documentElement).fontFamily;
}

export function baseStyle() {
  return { version: 8, sources: {}, layers: [{ id: "sea", type: "background", paint: { "background-color": token("map-sea") } }] };
}

export const families = () => fontStack().split(",").map((name) => name.trim().replaceAll('"', "")).slice(0, 8);

const lampIcon = ["match", ["get", "lamp"], "red", "lamp-red", "yellow", "lamp-yellow", "blue", "lamp-blue", "lamp-none"];

function outlines(layer, id) {
  const fine = layer.level === "township" || layer.level === "village" || layer.level === "grid";
  const approximate = ["case", ["to-boolean", ["get", "approximate"]], ["literal", [3, 2]], ["literal", [1, 0]]];
  return [
    ...(fine ? [] : [{ id: `${id}-land`, type: "fill", source: id, paint: { "fill-color": token("map-land") } }]),
    {
      id: `${id}-line`, type: "line", source: id, ...(fine ? { minzoom: 7 } : {}),
      paint: {
        "line-color": token(fine ? "map-line-soft" : "map-line"), "line-width": fine ? 1 : 1.6,
        ...(fine ? { "line-dasharray": approximate } : {}),
      },
    },
    {
      id: `${id}-names`, type: "symbol", source: `${id}-names`, ...(fine ? { minzoom: 9.4 } : {}),
      layout: {
        "text-field": ["get", "name"], "text-font": families(), "text-size": fine ? 12 : 14, "text-padding": 2,
        "text-variable-anchor": ["center", "top", "bottom", "left", "right"], "text-radial-offset": 1.3, "text-justify": "auto",
      },
      paint: { "text-color": token("map-label"), "text-halo-color": token("map-land"), "text-halo-width": 1.6, "text-opacity": fine ? 0.9 : 1 },
    },
  ];
}

// Photos are many and quiet: dots from afar, frames from near, never gathered into groups.
const NEAR = 11;

function photos(_layer, id) {
  return [
    {
      id: `${id}-far`, type: "circle", source: id, maxzoom: NEAR,
      paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 7, 1.4, NEAR, 3], "circle-color": token("ink-faint"), "circle-opacity": 0.55 },
    },
    { id: `${id}-points`, type: "symbol", source: id, minzoom: NEAR, layout: { "icon-image": "photo", "icon-allow-overlap": true, "icon-ignore-placement": true } },
  ];
}

function points(layer, id) {
  const icon = layer.kind === "cases" ? lampIcon : ["case", ["has", "lamp"], lampIcon, "dot"];
  const rim = ["case", [">", ["get", "red"], 0], token("lamp-red"), [">", ["get", "yellow"], 0], token("lamp-yellow"), token("line-strong")];
  return [
    {
      id: `${id}-groups`, type: "circle", source: id, filter: ["has", "point_count"],
      paint: {
        "circle-color": token("surface-raised"), "circle-radius": ["step", ["get", "point_count"], 12, 10, 14, 100, 17, 1000, 21],
        "circle-stroke-width": 2.4, "circle-stroke-color": rim,
      },
    },
    {
      id: `${id}-counts`, type: "symbol", source: id, filter: ["has", "point_count"],
      layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": families(), "text-size": 12, "text-allow-overlap": true },
      paint: { "text-color": token("ink") },
    },
    {
      id: `${id}-points`, type: "symbol", source: id, filter: ["!", ["has", "point_count"]],
      layout: { "icon-image": icon, "icon-allow-overlap": true, "icon-size": 1, "symbol-sort-key": ["match", ["get", "lamp"], "red", 3, "yellow", 2, 1] },
    },
  ];
}

export function layersOf(layer, id) {
  const look = { token, families, lampIcon };
  const made = { outlines, photos, counts: () => counts(id, look), heat: () => heat(id, look) };
  return (made[layer.kind] ?? points)(layer, id);
}

export function repaint(map, layers) {
  map.setPaintProperty("sea", "background-color", token("map-sea"));
  layers.forEach((layer, place) => {
    for (const made of layersOf(layer, `layer-${place}`)) {
      for (const [name, value] of Object.entries(made.paint ?? {})) map.setPaintProperty(made.id, name, value);
    }
  });
}

const SIZE = 22;
const shapes = {
  "lamp-blue": (pen) => pen.arc(11, 11, 6, 0, 7),
  "lamp-yellow": (pen) => { pen.moveTo(11, 3.5); pen.lineTo(18.5, 17); pen.lineTo(3.5, 17); pen.closePath(); },
  "lamp-red": (pen) => pen.roundRect(4.5, 4.5, 13, 13, 2),
  "lamp-none": (pen) => pen.arc(11, 11, 5, 0, 7),
  dot: (pen) => pen.arc(11, 11, 5, 0, 7),
  photo: (pen) => pen.roundRect(4.5, 6.5, 13, 9.5, 2),
};

function icon(name) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * 2;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  pen.beginPath();
  shapes[name](pen);
  pen.lineJoin = "round";
  pen.lineWidth = 3.4;
  pen.strokeStyle = token("map-land");
  pen.stroke();
  if (name === "photo") {
    pen.fillStyle = token("map-land");
    pen.fill();
    pen.lineWidth = 1.6;
    pen.strokeStyle = token("ink-soft");
    pen.stroke();
    pen.beginPath();
    pen.arc(11, 11.2, 2, 0, 7);
    pen.fillStyle = token("ink-soft");
    pen.fill();
  } else {
    pen.fillStyle = token(name === "dot" ? "ink-soft" : name);
    pen.fill();
  }
  return pen.getImageData(0, 0, SIZE * 2, SIZE * 2);
}

export function addIcons(map) {
  for (const name of Object.keys(shapes)) {
    if (map.hasImage(name)) map.removeImage(name);
    map.addImage(name, icon(name), { pixelRatio: 2 });
  }
}
