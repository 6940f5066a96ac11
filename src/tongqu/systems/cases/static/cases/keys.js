// Keys of the pages about cases, and the list of them. Nothing happens while somebody types or holds a modifier.
const dialog = document.querySelector("[data-keys]");
const acts = { a: "accept", d: "dispatch", h: "handle", v: "verify" };
let going = 0;

const chosen = () => document.querySelector("[data-queue] tr[aria-selected=true] a");

// The case page opens the form of the move that its address names.
function openMove() {
  const form = document.querySelector(`details[data-move="${CSS.escape(location.hash.replace("#move-", ""))}"]`);
  if (!location.hash.startsWith("#move-") || !form) return;
  form.open = true;
  form.scrollIntoView({ block: "center" });
  form.querySelector("select, textarea, input:not([type=hidden])")?.focus();
}

function pressed(key) {
  const place = dialog.getAttribute(`data-go-${key}`);
  if (performance.now() - going < 1500 && place) {
    location.assign(place);
    return true;
  }
  going = key === "g" ? performance.now() : 0;
  if (key === "?") dialog.showModal();
  else if (key === "/") document.querySelector("input[name=words]")?.focus();
  else if (acts[key] && chosen()) location.assign(`${chosen().href}#move-${acts[key]}`);
  else if (/^[1-9]$/.test(key)) document.querySelectorAll("a.case-view:not(.is-act)")[Number(key) - 1]?.click();
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  if (event.target.closest("input, select, textarea, [contenteditable], .map-canvas")) return;
  if (pressed(event.key)) event.preventDefault();
});
document.querySelector("[data-keys-open]")?.addEventListener("click", () => dialog.showModal());
openMove();

// Live numbers beside the saved filters: fetched after the page, and again when something has happened.
const views = document.querySelector("[data-counts]");
let due = 0;

async function count() {
  const answer = await fetch(views.dataset.counts, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { counts } = await answer.json();
  for (const place of views.querySelectorAll("[data-count]")) {
    const found = counts[place.dataset.count];
    place.textContent = found == null ? "" : found > 999 ? "999+" : String(found);
  }
}

if (views) {
  count();
  document.addEventListener("tongqu:changed", () => {
    clearTimeout(due);
    due = setTimeout(count, 5000);
  });
}
