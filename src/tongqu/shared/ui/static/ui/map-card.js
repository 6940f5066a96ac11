// What a popup says of a point.
import { locale, say } from "./words.js";

export function card(about) {
  const box = document.createElement("div");
  box.className = "map-popup";
  const line = (text, name) => {
    if (!text) return;
    const made = document.createElement("p");
    made.className = name;
    made.textContent = text;
    box.append(made);
  };
  if (about.thumb) {
    const picture = document.createElement("img");
    picture.src = about.thumb;
    picture.alt = "";
    box.append(picture);
  }
  line(about.title ?? about.name, "popup-title");
  if (about.lamp) box.append(lampChip(about.lamp));
  line([about.number, about.state_label ?? about.state, about.unit].filter(Boolean).join(" · "), "muted");
  line(about.text, "soft");
  line(about.at ? new Date(about.at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" }) : "", "muted num");
  if (about.url) {
    const link = document.createElement("a");
    link.href = about.url;
    link.textContent = say("open");
    const made = document.createElement("p");
    made.append(link);
    box.append(made);
  }
  return box;
}

export function lampChip(lamp) {
  const chip = document.createElement("span");
  chip.className = `lamp lamp-${lamp}`;
  const shape = document.createElement("span");
  shape.className = "lamp-shape";
  shape.setAttribute("aria-hidden", "true");
  chip.append(shape, say(`lamp-${lamp}`));
  return chip;
}
