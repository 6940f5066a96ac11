// The strip of photos along time, newest on the left, with a slider for the thumb.
import { element, find, say } from "./words.js";

export class Strip {
  constructor({ onChoose }) {
    this.root = find("time");
    this.list = find("strip");
    this.slider = find("slider");
    this.onChoose = onChoose;
    this.photos = [];
    this.slider.addEventListener("input", () => onChoose(this.photos[Number(this.slider.value)]));
  }

  fill(photos) {
    this.photos = photos;
    this.root.hidden = photos.length === 0;
    this.slider.max = Math.max(0, photos.length - 1);
    this.slider.hidden = photos.length < 2;
    const days = photos.map((photo) => photo.day);
    this.shared = new Set(days.filter((day, place) => days.indexOf(day) !== place));
    this.items = photos.map((photo, place) => this.item(photo, place));
    this.list.replaceChildren(...this.items);
  }

  item(photo, place) {
    const picture = photo.thumb
      ? element("img", { src: photo.thumb, alt: "", width: 96, height: 64, loading: "lazy" })
      : element("span", { class: "tl-nothumb", text: photo.restricted ? say("restricted") : "" });
    const words = say("photo", { place: place + 1, total: this.photos.length, date: photo.taken, source: photo.source });
    // Several photos of one day are told apart by the hour.
    const when = this.shared.has(photo.day) ? photo.taken.slice("2000-".length) : photo.day;
    const button = element("button", { type: "button", "aria-label": words, title: `${photo.taken} · ${photo.source}` },
      picture, element("span", { class: "tl-day num", text: when }), element("span", { class: "tl-sign", "aria-hidden": "true" }));
    button.addEventListener("click", () => this.onChoose(photo));
    return element("li", {}, button);
  }

  // Marks which photos are shown, and which of the two the slider moves.
  mark(a, b, chosen) {
    this.photos.forEach((photo, place) => {
      const button = this.items[place].firstChild;
      const role = photo === a ? "a" : photo === b ? "b" : "";
      button.dataset.role = role;
      button.setAttribute("aria-current", photo === chosen ? "true" : "false");
      button.querySelector(".tl-sign").textContent = role.toUpperCase();
    });
    const place = this.photos.indexOf(chosen);
    if (place < 0) return;
    this.slider.value = place;
    this.slider.setAttribute("aria-valuetext", `${chosen.taken}, ${chosen.source}`);
    const item = this.items[place];
    const middle = item.offsetLeft + item.offsetWidth / 2 - this.list.clientWidth / 2;
    this.list.scrollTo({ left: middle, behavior: "auto" });
  }
}
