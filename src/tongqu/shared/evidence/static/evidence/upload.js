// The upload box: drop, choose or take photos; previews, and the position that each photo holds.
// Fires `evidence:position` (detail: lon, lat, name) on the input for the first photo that knows its place.
import { positionOf } from "./exif.js";

const MOST_PREVIEWS = 60;

class Box {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("input[type=file]");
    this.list = root.querySelector(".upload-list");
    this.largest = Number(root.dataset.largest) * 1024 * 1024;
    this.files = [];
    this.told = false;
    root.querySelector(".upload-acts").hidden = false;
    this.input.classList.add("visually-hidden");
    this.listen();
  }

  listen() {
    this.input.addEventListener("change", () => this.add(this.input.files));
    this.root.querySelector("[data-upload-choose]").addEventListener("click", () => this.input.click());
    this.root.querySelector("[data-upload-camera]")?.addEventListener("click", () => this.takePhoto());
    for (const name of ["dragenter", "dragover"]) this.root.addEventListener(name, (event) => { event.preventDefault(); this.root.classList.add("is-over"); });
    for (const name of ["dragleave", "drop"]) this.root.addEventListener(name, (event) => { event.preventDefault(); this.root.classList.remove("is-over"); });
    this.root.addEventListener("drop", (event) => this.add(event.dataTransfer.files));
  }

  takePhoto() {
    const camera = document.createElement("input");
    camera.type = "file";
    camera.accept = "image/jpeg";
    camera.setAttribute("capture", "environment");
    camera.addEventListener("change", () => this.add(camera.files));
    camera.click();
  }

  add(chosen) {
    const added = [...chosen].filter((file) => !this.files.some((known) => same(known, file)));
    this.files = this.input.multiple ? [...this.files, ...added] : added.slice(-1);
    this.show();
  }

  remove(file) {
    this.files = this.files.filter((known) => known !== file);
    this.show();
    this.root.querySelector("[data-upload-choose]").focus();
  }

  show() {
    const bag = new DataTransfer();
    this.files.forEach((file) => bag.items.add(file));
    this.input.files = bag.files;
    this.list.replaceChildren(...this.files.slice(0, MOST_PREVIEWS).map((file) => this.line(file)));
    if (this.files.length > MOST_PREVIEWS) {
      const rest = document.createElement("li");
      rest.textContent = `+ ${this.files.length - MOST_PREVIEWS}`;
      this.list.append(rest);
    }
  }

  line(file) {
    const line = document.createElement("li");
    const words = document.createElement("div");
    const name = paragraph(file.name, "upload-name");
    const about = paragraph(`${(file.size / 1024 / 1024).toFixed(1)} MB`, "upload-about num");
    words.append(name, about);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button small quiet";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `${this.root.dataset.sayRemove}: ${file.name}`);
    remove.addEventListener("click", () => this.remove(file));
    line.append(preview(file), words, remove);
    this.describe(file, line, about);
    return line;
  }

  async describe(file, line, about) {
    if (file.size > this.largest && !file.name.toLowerCase().endsWith(".zip")) {
      line.classList.add("is-bad");
      about.textContent = this.root.dataset.sayLarge;
      return;
    }
    if (!file.type.startsWith("image/")) return;
    const found = await positionOf(file);
    about.textContent += found ? ` · ${this.root.dataset.sayPosition} ${found.lat.toFixed(4)}, ${found.lon.toFixed(4)}` : ` · ${this.root.dataset.sayNoPosition}`;
    if (found && !this.told) {
      this.told = true;
      this.input.dispatchEvent(new CustomEvent("evidence:position", { bubbles: true, detail: { ...found, name: file.name } }));
    }
  }
}

function same(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

function paragraph(text, name) {
  const made = document.createElement("p");
  made.className = name;
  made.textContent = text;
  return made;
}

function preview(file) {
  if (!["image/jpeg", "image/png", "image/webp"].includes(file.type)) {
    const sign = document.createElement("span");
    sign.className = "upload-sign";
    sign.textContent = file.name.split(".").pop().toUpperCase().slice(0, 5);
    return sign;
  }
  const picture = document.createElement("img");
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  return picture;
}

for (const root of document.querySelectorAll("[data-upload]")) new Box(root);
