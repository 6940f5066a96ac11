// Beside the stage: what the shown photos are, those that cannot be laid, cases to add to, and exports.
import { toast } from "../ui/toast.js";
import { config, csrf, element, find, say } from "./words.js";

export function labelOf(photo) {
  const made = [element("strong", { class: "num", text: photo.taken }), element("span", { text: photo.source })];
  if (photo.alignment.by === "pose") made.push(element("span", { class: "chip tl-pose", text: say("poseOnly") }));
  if (photo.invented) made.push(element("span", { class: "chip chip-invented", text: say("invented") }));
  return made;
}

function facts(photo, name) {
  const rows = [
    [say("takenAt"), photo.is_taken_known ? photo.taken : `${photo.taken} (${say("unknownTime")})`],
    [say("source"), photo.source], [say("unit"), photo.unit], [say("kind"), photo.kind],
    [say("sharpness"), photo.sharpness], [say("lies"), photo.alignment.words], [say("pose"), photo.pose],
  ].filter(([, value]) => value);
  const list = element("dl", { class: "tl-facts" }, ...rows.flatMap(([term, value]) => [element("dt", { text: term }), element("dd", { text: value })]));
  return element("div", { class: "tl-fact" }, ...(name ? [element("h3", { text: name })] : []), list, element("a", { href: photo.page, text: say("open") }));
}

export function showFacts(a, b, mode) {
  const two = mode !== "single" && b;
  const names = mode === "side" || mode === "swipe" ? [say("left"), say("right")] : [say("first"), say("second")];
  find("facts").replaceChildren(...(a ? [facts(a, two ? names[0] : "")] : []), ...(two ? [facts(b, names[1])] : []));
}

export function showInexact(photos) {
  find("inexact").hidden = photos.length === 0;
  find("inexact-list").replaceChildren(...photos.map((photo) => element("li", {},
    element("a", { href: photo.page }, ...(photo.thumb ? [element("img", { src: photo.thumb, alt: "", width: 96, height: 64, loading: "lazy" })] : []), element("span", { class: "num", text: `${photo.taken} · ${photo.source}` })),
    element("span", { class: "muted", text: photo.lack }))));
}

// Says from which case the viewer was opened, with the way back to it.
export function showFromCase(number) {
  find("from-case").hidden = !number;
  const link = find("from-case-link");
  link.textContent = number;
  link.href = number ? config.case.replace("{number}", number) : "";
}

// `wanted` is the case that the viewer was opened from: if photos may be added to it, it stands first.
export async function fillCases(place, wanted) {
  const form = find("case-form");
  const answer = await fetch(`${config.cases}?lon=${place[0]}&lat=${place[1]}`);
  const near = answer.ok ? (await answer.json()).cases : [];
  const found = [...near.filter((one) => one.number === wanted), ...near.filter((one) => one.number !== wanted)];
  form.hidden = found.length === 0;
  find("case-none").hidden = found.length > 0;
  find("case-none").textContent = say("noCase");
  form.elements.case.replaceChildren(...found.map((one) => element("option", { value: one.number, text: `${one.number} ${one.title} (${one.state})` })));
}

export const pairOf = (a, b) => (a && b && a !== b ? [a, b].sort((one, other) => one.taken_at.localeCompare(other.taken_at)) : null);

export function showPair(a, b) {
  const pair = pairOf(a, b);
  find("case-pair").textContent = pair ? `${pair[0].taken} → ${pair[1].taken}` : say("needTwo");
  find("case-form").querySelector("button").disabled = !pair;
}

export function startAdding(state) {
  const form = find("case-form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pair = pairOf(state.a, state.b);
    if (!pair) return;
    const body = new FormData(form);
    body.set("before", pair[0].sha256);
    body.set("after", pair[1].sha256);
    const answer = await fetch(config.add, { method: "POST", body });
    if (answer.ok) toast(say("added", { case: (await answer.json()).case }), "success");
    else toast(answer.headers.get("Content-Type")?.includes("json") ? (await answer.json()).problem : say("failed"), "error");
  });
}

const onOf = (photo) => new URLSearchParams(photo.tiles.url.split("?")[1] ?? "").get("on") ?? "0";
const FRAME_PX = 1280;
const WAIT_MS = 1000;

export function startTaking(state, stage) {
  for (const button of document.querySelectorAll("[data-export]")) {
    button.addEventListener("click", async () => {
      const told = find("export-state");
      const box = stage.root.getBoundingClientRect();
      const centre = stage.map.getCenter();
      const body = new FormData();
      body.set("csrfmiddlewaretoken", csrf());
      body.set("format", button.dataset.export);
      body.set("lon", centre.lng);
      body.set("lat", centre.lat);
      body.set("metres_per_px", (stage.a.metresPerPixel * box.width) / FRAME_PX);
      body.set("photos", state.photos.filter((one) => one.tiles).map((one) => `${one.view}.${onOf(one)}`).join(","));
      told.textContent = say("exporting");
      const answer = await fetch(config.export, { method: "POST", body });
      await watch(answer.ok ? await answer.json() : null, told);
    });
  }
}

async function watch(made, told) {
  while (made?.state === "waiting") {
    await new Promise((resolve) => { setTimeout(resolve, WAIT_MS); });
    const answer = await fetch(made.watch);
    made = answer.ok ? await answer.json() : null;
  }
  if (made?.state !== "ready") { told.textContent = say("exportFailed"); return; }
  told.replaceChildren(element("a", { href: made.file, download: "", text: say("exported") }));
}

// Puts the places in the order of their newest photo, as they came, or of how many photos they have.
export function startOrder() {
  const list = document.querySelector(".tl-places");
  const items = [...(list?.children ?? [])];
  const buttons = [...document.querySelectorAll("[data-order]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const count = (item) => (button.dataset.order === "most" ? -Number(item.dataset.count) : 0);
      list.replaceChildren(...items.toSorted((one, other) => count(one) - count(other)));
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
  }
}
