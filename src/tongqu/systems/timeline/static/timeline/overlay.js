// Outlines of changes over the pictures of one map: a bright line on a dark one shows on any ground.
const SOURCE = "changes";
export const TOUCHED = "changes-fill";
// Pictures carry their own colours; so do the lines on them.
const DARK = "#101515";
const BRIGHT = "#ffd54a";
const PALE = "#d9dede";
const chosen = (yes, no) => ["case", ["get", "chosen"], yes, no];
const quiet = (yes, no) => ["case", ["get", "quiet"], yes, no];

function begin(map, fonts) {
  map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: TOUCHED, type: "fill", source: SOURCE, paint: { "fill-color": BRIGHT, "fill-opacity": chosen(0.18, 0.02) } });
  map.addLayer({ id: "changes-dark", type: "line", source: SOURCE, paint: { "line-color": DARK, "line-width": chosen(6, 4), "line-opacity": quiet(0.5, 0.85) } });
  map.addLayer({ id: "changes-line", type: "line", source: SOURCE, paint: { "line-color": quiet(PALE, BRIGHT), "line-width": chosen(3, 1.8) } });
  map.addLayer({
    id: "changes-number", type: "symbol", source: `${SOURCE}-points`,
    layout: { "text-field": ["get", "label"], "text-font": fonts, "text-size": 13, "text-anchor": "bottom", "text-offset": [0, -0.6], "symbol-sort-key": ["get", "number"] },
    paint: { "text-color": quiet(PALE, "#ffffff"), "text-halo-color": DARK, "text-halo-width": 1.6 },
  });
}

// `found` are changes as the server tells them; `lit` is the id of the one that is chosen.
export function draw(map, found, lit, fonts) {
  const of = (one, geometry) => ({
    type: "Feature", geometry,
    properties: { id: one.id, number: one.number, label: `${one.number} · ${one.area}`, chosen: one.id === lit, quiet: one.verdict === "none" || !one.is_told },
  });
  const outlines = { type: "FeatureCollection", features: found.map((one) => of(one, one.outline)) };
  const points = { type: "FeatureCollection", features: found.map((one) => of(one, { type: "Point", coordinates: top(one.outline) })) };
  if (!map.getSource(SOURCE)) {
    if (!found.length) return;
    map.addSource(`${SOURCE}-points`, { type: "geojson", data: points });
    begin(map, fonts);
  }
  map.getSource(SOURCE).setData(outlines);
  map.getSource(`${SOURCE}-points`).setData(points);
}

// The northernmost point, so that the number does not hide what it names.
function top(outline) {
  let best = null;
  const walk = (part) => {
    if (typeof part[0] === "number") { if (!best || part[1] > best[1]) best = part; } else part.forEach(walk);
  };
  walk(outline.coordinates);
  return best;
}
