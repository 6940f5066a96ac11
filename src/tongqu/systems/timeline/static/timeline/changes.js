// The changes between two photos: asked for, drawn over both pictures, listed beside them, judged.
import { families } from "../ui/map-style.js";
import { toast } from "../ui/toast.js";
import { TOUCHED, draw } from "./overlay.js";
import { config, csrf, element, find, say } from "./words.js";

const WAIT_MS = [400, 700, 1000, 1500, 2000, 3000, 5000];
const MOST_WAITS = 40;
const MOST_FOLLOWED = 6;
const keyOf = (a, b) => [a, b].map((photo) => photo.tiles.url).sort().join(" ");

async function send(url, values) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", csrf());
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
}

export class Changes {
  constructor(stage) {
    this.stage = stage;
    Object.assign(this, { on: false, key: "", pair: null, found: null, lit: 0, turn: 0 });
    this.weak = find("changes-weak");
    this.weak.addEventListener("change", () => this.render());
    find("changes-follow").addEventListener("click", () => this.follow());
    find("changes-again").addEventListener("click", () => this.load());
    find("change-confirm").addEventListener("click", () => this.judge({ verdict: "real" }));
    find("change-none").addEventListener("submit", (event) => {
      event.preventDefault();
      const form = new FormData(event.target);
      this.judge({ verdict: "none", cause: form.get("cause"), note: form.get("note") });
    });
  }

  // Called whenever the viewer shows another state.
  show({ place, a, b, photos }) {
    const button = find("changes-button");
    const two = Boolean(place && a?.tiles && b?.tiles && a !== b);
    button.disabled = !two;
    button.setAttribute("aria-pressed", String(this.on));
    find("changes").hidden = !(this.on && two);
    this.photos = photos;
    if (!this.on || !two) { this.key = ""; this.turn += 1; this.found = null; this.draw(); return; }
    if (this.key === keyOf(a, b)) return;
    this.key = keyOf(a, b);
    this.pair = [a, b].sort((one, other) => one.taken_at.localeCompare(other.taken_at));
    find("changes-pair").textContent = `${this.pair[0].taken} → ${this.pair[1].taken}`;
    this.load();
  }

  get named() { return { one: this.pair[0].view, other: this.pair[1].view }; }

  async load() {
    const turn = ++this.turn;
    Object.assign(this, { found: null, lit: 0 });
    this.tell(say("changesLoading"));
    this.render();
    try {
      let found = await this.read();
      if (turn !== this.turn) return;
      if (found.state === "unasked") found = await this.ask({});
      if (turn === this.turn) await this.wait(found, turn);
    } catch (error) {
      if (turn === this.turn) this.tell(say("changesFailed"), true);
    }
  }

  async read() {
    const answer = await fetch(`${config.changes}?${new URLSearchParams(this.named)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async ask(more) {
    const answer = await send(config.changesAsk, { ...this.named, ...more });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  // Waits until the pair, and all later photos it is followed over, are worked out.
  async wait(first, turn) {
    let found = first;
    for (let count = 0; turn === this.turn; count += 1) {
      this.take(found);
      const waits = ["waiting", "aligning", "unasked"].includes(found.state) || found.waiting > 0;
      if (!waits) return;
      if (count >= MOST_WAITS) { this.tell(say("changesLate"), true); return; }
      await new Promise((resolve) => { setTimeout(resolve, WAIT_MS[Math.min(count, WAIT_MS.length - 1)]); });
      if (turn !== this.turn) return;
      found = await this.read();
      if (found.state === "unasked" && turn === this.turn) found = await this.ask({});
    }
  }

  take(found) {
    this.found = found;
    this.render();
    if (found.state !== "done") this.tell(found.words || say("changesWaiting"));
  }

  tellDone(found) {
    const shown = this.shown.length;
    const hidden = found.changes.length - shown;
    const words = [found.changes.length ? say("changesCount", { count: shown }) : say("changesNone")];
    if (hidden) words.push(say("changesHidden", { count: hidden }));
    if (found.waiting) words.push(say("changesFollowing", { done: found.followed, total: found.followed + found.waiting }));
    this.tell(words.join(" "));
  }

  tell(text, isAgain = false) {
    find("changes-status").textContent = text;
    find("changes-again").hidden = !isAgain;
  }

  get shown() {
    return (this.found?.changes ?? []).filter((one) => this.weak.checked || one.is_told || one.verdict || one.has_case);
  }

  get chosen() { return this.found?.changes.find((one) => one.id === this.lit) ?? null; }

  render() {
    const done = this.found?.state === "done";
    find("changes-list").replaceChildren(...this.shown.map((one) => this.item(one)));
    find("changes-more").hidden = !(done && this.found.changes.length);
    find("changes-worth").textContent = this.found?.worth ?? "";
    const later = done ? this.later.length : 0;
    find("changes-follow").hidden = !(done && this.found.changes.length && later > this.found.followed && !this.found.waiting);
    if (done) this.tellDone(this.found);
    this.renderActs();
    this.draw();
  }

  item(one) {
    const chip = (text, kind = "") => element("span", { class: `chip ${kind}`, text });
    const marks = [
      ...(one.fate ? [chip(one.fate_words)] : []),
      ...(one.like_vehicle ? [chip(say("likeVehicle"))] : []),
      ...(one.verdict_words ? [chip(one.verdict_words)] : []),
      ...(one.has_case ? [chip(one.case ? `${one.case.number} ${one.case.state}` : say("hasCase"))] : []),
    ];
    const button = element("button", { type: "button", "aria-pressed": String(one.id === this.lit), class: one.verdict === "none" ? "is-none" : "" },
      element("span", { class: "num muted", text: String(one.number) }), element("strong", { class: "num", text: one.area }),
      element("span", { class: "tl-change-score num", text: say("score", { score: Math.round(one.score * 100) }) }),
      element("span", { class: "tl-change-marks" }, ...marks));
    button.addEventListener("click", () => this.choose(one.id, true));
    button.dataset.change = one.id;
    return element("li", {}, button);
  }

  choose(id, isFlown) {
    this.lit = this.lit === id && !isFlown ? 0 : id;
    this.render();
    const one = this.chosen;
    const button = document.querySelector(`[data-change="${this.lit}"]`);
    if (one && isFlown) {
      this.stage.map.easeTo({ center: one.place, zoom: Math.max(this.stage.map.getZoom(), 20), duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400 });
      button?.focus({ preventScroll: true });
    } else button?.scrollIntoView({ block: "nearest" });
  }

  renderActs() {
    const one = this.chosen;
    find("change-acts").hidden = !one;
    if (!one) return;
    find("change-head").textContent = say("changeHead", { number: one.number, area: one.area });
    const links = [];
    if (one.case) links.push(element("a", { class: "button", href: one.case.url, text: say("toCase", { case: one.case.number }) }));
    else if (config.judges && !one.has_case) links.push(element("a", { class: "button primary", href: one.open, text: say("openCase") }));
    if (one.case_nearby) links.push(element("a", { href: one.case_nearby.url, text: say("caseNearby", { case: one.case_nearby.number }) }));
    find("change-links").replaceChildren(...links);
    find("change-confirm").hidden = !config.judges || one.verdict === "real" || one.has_case;
    find("change-none").hidden = !config.judges || one.has_case;
  }

  async judge(values) {
    const one = this.chosen;
    if (!one) return;
    const answer = await send(one.judge, values).catch(() => null);
    const told = answer?.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
    if (!answer?.ok) { toast(told?.problem ?? told?.problems?.[0]?.message ?? told?.detail ?? say("failed"), "error"); return; }
    Object.assign(one, { verdict: told.verdict, verdict_words: told.words });
    this.found.worth = told.worth;
    find("change-none").reset();
    toast(say("judged"), "success");
    this.render();
    document.querySelector(`[data-change="${one.id}"]`)?.focus();
  }

  // The photos after the older one of the pair, the nearest first.
  get later() {
    const [first] = this.pair;
    return this.photos.filter((photo) => photo.tiles && photo.taken_at > first.taken_at).reverse().slice(0, MOST_FOLLOWED);
  }

  async follow() {
    const turn = ++this.turn;
    try {
      await this.wait(await this.ask({ follow: this.later.map((photo) => photo.view).join(",") }), turn);
    } catch (error) {
      if (turn === this.turn) this.tell(say("changesFailed"), true);
    }
  }

  // Answers whether a click on a map met a change, and chooses it.
  clicked(event) {
    const map = event.target;
    if (!this.on || !map.getLayer?.(TOUCHED)) return false;
    const met = map.queryRenderedFeatures(event.point, { layers: [TOUCHED] })[0];
    if (met) this.choose(met.properties.id, false);
    return Boolean(met);
  }

  draw() {
    const shown = this.on ? this.shown : [];
    for (const ground of [this.stage.a, this.stage.b]) {
      ground?.ready.then(() => draw(ground.map, shown, this.lit, families()));
    }
  }
}
