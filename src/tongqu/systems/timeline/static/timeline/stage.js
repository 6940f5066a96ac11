// The stage: one or two maps, and the five ways to look at one or two photos.
import { Ground, together } from "./ground.js";
import { config, find, say } from "./words.js";

const BLINK_MS = 700;
const keyOf = (photo) => `photo-${photo.tiles.url}`;

function differenceOf(a, b) {
  const on = (photo) => new URLSearchParams(photo.tiles.url.split("?")[1] ?? "").get("on") ?? "0";
  const address = config.difference.replace("{a}", a.view).replace("{b}", b.view);
  const [west, south, east, north] = a.tiles.bounds.map((side, place) => (place < 2 ? Math.max(side, b.tiles.bounds[place]) : Math.min(side, b.tiles.bounds[place])));
  const bounds = west < east && south < north ? [west, south, east, north] : a.tiles.bounds;
  const url = `${address}?on=${on(a)}&other_on=${on(b)}`;
  return { key: `difference-${url}`, tiles: { url, bounds, maxzoom: Math.max(a.tiles.maxzoom, b.tiles.maxzoom) } };
}

export class Stage {
  constructor(root, { onMove, onClick, onMissing }) {
    this.root = root;
    this.events = { onMove, onClick, onMissing };
    this.panes = { a: root.querySelector("[data-pane=a]"), b: root.querySelector("[data-pane=b]") };
    this.divider = find("divider", root);
    this.mode = "single";
    this.split = 50;
    this.a = new Ground(this.panes.a.querySelector(".tl-canvas"), { withPlaces: true, onMissing });
    this.a.map.on("click", onClick);
    this.a.map.on("moveend", onMove);
    this.startDivider();
    new ResizeObserver(() => this.resize()).observe(root);
  }

  get map() { return this.a.map; }

  async second() {
    if (!this.b) {
      const canvas = this.panes.b.querySelector(".tl-canvas");
      this.b = new Ground(canvas, { withPlaces: false, onMissing: this.events.onMissing });
      this.b.map.jumpTo({ center: this.map.getCenter(), zoom: this.map.getZoom() });
      this.b.map.on("click", this.events.onClick);
      together(this.a.map, this.b.map);
    }
    await this.b.ready;
    return this.b;
  }

  resize() {
    this.a.map.resize();
    if (this.b && !this.panes.b.hidden) {
      this.b.map.resize();
      this.b.map.jumpTo({ center: this.map.getCenter(), zoom: this.map.getZoom() });
    }
  }

  // Shows a state: `{ place, a, b, mode, near }`; `near` are photos to load ahead.
  async show({ place, a, b, mode, near = [] }) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    await this.a.ready;
    const two = mode === "swipe" || mode === "side";
    const wants = two && b?.tiles ? await this.second() : null;
    if (turn !== this.turn) return;
    this.mode = mode;
    this.lay(Boolean(wants), mode);
    this.a.placesShown(!place);
    this.a.setMark(place);
    this.b?.setMark(place);
    this.pictures(a, b, mode, near);
    this.blinking(mode === "blink" && a?.tiles && b?.tiles ? [a, b] : null);
  }

  lay(two, mode) {
    this.root.dataset.mode = mode;
    this.panes.b.hidden = !two;
    this.divider.hidden = !(two && mode === "swipe");
    find("legend", this.root).hidden = mode !== "difference";
    this.splitAt(this.split);
    this.resize();
  }

  pictures(a, b, mode, near) {
    const one = (photo, opacity) => ({ key: keyOf(photo), tiles: photo.tiles, opacity });
    const ahead = near.filter((photo) => photo?.tiles && photo !== a && photo !== b).map((photo) => one(photo, 0));
    const first = a?.tiles ? [one(a, 1)] : [];
    const second = b?.tiles && b !== a ? [one(b, 1)] : [];
    if (mode === "blink") this.a.show([...ahead, ...second, ...first]);
    else if (mode === "difference" && first.length && second.length) this.a.show([...ahead, ...first, { ...differenceOf(a, b), opacity: 1 }]);
    else this.a.show([...ahead, ...first]);
    if (this.b) this.b.show(second);
  }

  // The first photo lies above the second; fading it out shows the other.
  blinking(pair) {
    clearInterval(this.timer);
    this.pair = pair;
    this.isSecond = false;
    if (!pair) return;
    if (!this.isPaused) this.timer = setInterval(() => this.flip(), BLINK_MS);
    this.tellBlink();
  }

  flip() {
    if (!this.pair) return;
    this.isSecond = !this.isSecond;
    this.a.fade(keyOf(this.pair[0]), this.isSecond ? 0 : 1);
    this.tellBlink();
  }

  tellBlink() {
    this.root.dataset.blink = this.isSecond ? "b" : "a";
  }

  pause() {
    this.isPaused = !this.isPaused;
    this.blinking(this.pair);
  }

  startDivider() {
    const to = (event) => {
      const box = this.root.getBoundingClientRect();
      this.splitAt(((event.clientX - box.left) / box.width) * 100);
    };
    this.divider.addEventListener("pointerdown", (event) => { event.preventDefault(); this.divider.setPointerCapture(event.pointerId); this.divider.focus(); });
    this.divider.addEventListener("pointermove", (event) => { if (this.divider.hasPointerCapture(event.pointerId)) to(event); });
    this.divider.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -2, ArrowRight: 2, PageUp: 10, PageDown: -10 }[event.key];
      const at = { Home: 0, End: 100 }[event.key] ?? (step ? this.split + step : null);
      if (at === null) return;
      event.preventDefault();
      event.stopPropagation();
      this.splitAt(at);
    });
  }

  splitAt(percent) {
    this.split = Math.min(100, Math.max(0, percent));
    this.root.style.setProperty("--split", `${this.split}%`);
    this.divider.setAttribute("aria-valuenow", Math.round(this.split));
    this.divider.setAttribute("aria-valuetext", say("percent", { percent: Math.round(this.split) }));
  }
}
