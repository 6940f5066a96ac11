// Layers of what the server has counted: circles with numbers, single cases with the sign of their matter, and heat.
export const isCounted = (layer) => layer.kind === "counts" || layer.kind === "heat";

export function counts(id, { token, families, lampIcon }) {
  const grouped = ["!", ["has", "number"]];
  return [
    {
      id: `${id}-groups`, type: "circle", source: id, filter: grouped,
      paint: {
        "circle-color": token("surface-raised"), "circle-opacity": 0.92,
        "circle-radius": ["interpolate", ["linear"], ["log10", ["max", ["get", "count"], 1]], 0, 10, 2, 16, 5, 27],
        "circle-stroke-width": ["case", [">", ["get", "red"], 0], 2.6, 1.4],
        "circle-stroke-color": ["case", [">", ["get", "red"], 0], token("lamp-red"), token("line-strong")],
      },
    },
    {
      id: `${id}-counts`, type: "symbol", source: id, filter: grouped,
      layout: {
        "text-field": ["number-format", ["get", "count"], { "max-fraction-digits": 0 }], "text-font": families(), "text-size": 12,
        "text-allow-overlap": true, "symbol-sort-key": ["-", 0, ["get", "count"]],
      },
      paint: { "text-color": token("ink") },
    },
    {
      id: `${id}-points`, type: "symbol", source: id, filter: ["has", "number"],
      layout: {
        "icon-image": lampIcon, "icon-allow-overlap": true, "text-field": ["coalesce", ["get", "sign"], ""], "text-font": families(),
        "text-size": 13, "text-anchor": "left", "text-offset": [0.75, 0], "text-optional": true,
        "symbol-sort-key": ["match", ["get", "lamp"], "red", 1, "yellow", 2, 3],
      },
      paint: { "text-color": token("ink"), "text-halo-color": token("map-land"), "text-halo-width": 1.6 },
    },
  ];
}

export function heat(id, { token }) {
  return [{
    id: `${id}-heat`, type: "heatmap", source: id,
    paint: {
      "heatmap-weight": ["interpolate", ["linear"], ["ln", ["+", 1, ["get", "count"]]], 0, 0, 7, 1],
      "heatmap-radius": ["interpolate", ["linear"], ["zoom"], 6, 22, 14, 44],
      "heatmap-intensity": 1.1, "heatmap-opacity": 0.7,
      "heatmap-color": [
        "interpolate", ["linear"], ["heatmap-density"], 0, "rgba(0,0,0,0)", 0.15, token("accent-wash"), 0.6, token("chart-3"), 1,
        token("accent-strong"),
      ],
    },
  }];
}

// What the server counted has no groups of the browser's own: a click comes nearer.
export function comeNearer(map, feature) {
  map.easeTo({ center: feature.geometry.coordinates, zoom: Math.min(map.getZoom() + 2, 18) });
}
