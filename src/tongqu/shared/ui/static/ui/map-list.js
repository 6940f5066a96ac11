// The map as a table: the points in sight, for keyboards, screen readers and small screens.
import { lampChip } from "./map-card.js";
import { say } from "./words.js";

const MOST = 100;
const rank = { red: 0, yellow: 1, blue: 2 };

function cell(content) {
  const made = document.createElement("td");
  made.append(content ?? "–");
  return made;
}

function row(panel, feature) {
  const about = feature.properties;
  const made = document.createElement("tr");
  const title = document.createElement(about.url ? "a" : "span");
  if (about.url) title.href = about.url;
  title.textContent = about.title ?? about.name ?? about.number ?? "";
  const show = document.createElement("button");
  show.type = "button";
  show.className = "button small quiet";
  show.textContent = say("showOnMap");
  show.addEventListener("click", () => {
    panel.map.jumpTo({ center: feature.geometry.coordinates, zoom: Math.max(panel.map.getZoom(), 13) });
    panel.show(feature);
  });
  made.append(cell(title), cell(about.lamp ? lampChip(about.lamp) : (about.state_label ?? about.state ?? "–")), cell(show));
  return made;
}

export function fillList(panel) {
  const list = panel.root.querySelector(".map-list tbody");
  if (!list) return;
  const bounds = panel.map.getBounds();
  const inside = [];
  panel.data.forEach((features, place) => {
    const layer = panel.layers[place];
    if (layer.kind === "outlines" || layer.on === false) return;
    for (const feature of features) if (feature.geometry && bounds.contains(feature.geometry.coordinates)) inside.push(feature);
  });
  inside.sort((a, b) => (rank[a.properties.lamp] ?? 3) - (rank[b.properties.lamp] ?? 3));
  list.replaceChildren(...inside.slice(0, MOST).map((feature) => row(panel, feature)));
  panel.root.querySelector(".map-list-count").textContent = say(inside.length > MOST ? "pointsMany" : "pointsSeen", { count: inside.length, most: MOST });
}
