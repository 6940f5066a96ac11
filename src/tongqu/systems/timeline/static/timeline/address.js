// The address holds place, zoom, photos, way of comparing and span of time: a link to it shows the same again.
const NAMED = 16;
const MODES = ["single", "swipe", "blink", "side", "difference"];

export function read() {
  const asked = new URLSearchParams(location.search);
  const number = (name) => (asked.get(name) === null || Number.isNaN(Number(asked.get(name))) ? null : Number(asked.get(name)));
  const mode = asked.get("mode");
  return {
    place: number("lon") !== null && number("lat") !== null ? [number("lon"), number("lat")] : null,
    zoom: number("zoom"),
    photo: asked.get("photo") ?? "",
    second: asked.get("with") ?? "",
    date: asked.get("date") ?? "",
    mode: MODES.includes(mode) ? mode : "single",
    from: asked.get("from") ?? "",
    to: asked.get("to") ?? "",
    changes: asked.get("changes") === "1",
    fromCase: /^[0-9-]{1,20}$/.test(asked.get("case") ?? "") ? asked.get("case") : "",
  };
}

export function write(state, { push = false } = {}) {
  const told = new URLSearchParams();
  if (state.place) {
    told.set("lon", state.place[0].toFixed(6));
    told.set("lat", state.place[1].toFixed(6));
    told.set("zoom", state.zoom.toFixed(2));
    if (state.a) { told.set("photo", state.a.sha256.slice(0, NAMED)); told.set("date", state.a.day); }
    if (state.b && state.mode !== "single") told.set("with", state.b.sha256.slice(0, NAMED));
    if (state.mode !== "single") told.set("mode", state.mode);
    if (state.changes) told.set("changes", "1");
    if (state.fromCase) told.set("case", state.fromCase);
    if (state.from) told.set("from", state.from);
    if (state.to) told.set("to", state.to);
  }
  const address = `${location.pathname}${told.size ? `?${told}` : ""}`;
  if (push) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}
