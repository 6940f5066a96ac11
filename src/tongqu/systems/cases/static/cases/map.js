// The list beside the map: what is in sight, for the eye, the keyboard and the screen reader.
import { lampChip } from "../ui/map-card.js";

const root = document.querySelector("[data-case-map]");
const find = (name) => root.querySelector(`[data-sight-${name}]`);
const words = document.querySelector("[data-sight-words]").dataset;
const number = new Intl.NumberFormat(document.documentElement.lang);

function entry(about) {
  const made = document.createElement("li");
  const link = document.createElement("a");
  link.href = about.url;
  link.textContent = about.title;
  const below = document.createElement("span");
  below.className = "case-sub muted";
  if (about.lamp) below.append(lampChip(about.lamp));
  for (const text of [about.state_label, about.text, about.number, about.invented ? words.invented : ""]) {
    if (!text) continue;
    const part = document.createElement("span");
    part.textContent = text;
    below.append(part);
  }
  made.append(link, below);
  return made;
}

root.addEventListener("tongqu:counted", (event) => {
  const { layer, found } = event.detail;
  if (layer.kind !== "counts") return;
  find("count").textContent = found.total
    ? words.count.replace("{total}", number.format(found.total)).replace("{late}", number.format(found.late))
    : words.none;
  find("list").replaceChildren(...found.newest.map(entry));
  find("more").hidden = found.newest.length >= found.total;
  find("behind").hidden = !found.behind;
}, true);
