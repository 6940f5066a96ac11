// The reader of a report: keeps text and list together, and acts by keyboard. Links and forms work without it.
const detail = () => document.getElementById("claim-detail");
const chosen = () => detail()?.querySelector("[data-chosen]")?.dataset.chosen;
const items = () => [...document.querySelectorAll(".claim-list a[data-claim]")];

let from = null;

function mark(pk) {
  const wide = matchMedia("(min-width: 1100px)").matches;
  for (const link of document.querySelectorAll("[data-claim]")) {
    if (link.dataset.claim === pk) {
      link.setAttribute("aria-current", "true");
      // On a narrow page the list stands below the text: only what was chosen stays in sight above the detail.
      if (wide || from?.id === link.id) link.scrollIntoView({ block: "nearest" });
    } else link.removeAttribute("aria-current");
  }
}

function show() {
  const pk = chosen();
  detail()?.classList.toggle("is-empty", !pk);
  if (!pk) return;
  mark(pk);
  const address = new URL(location.href);
  address.searchParams.delete("at");
  address.searchParams.set("claim", pk);
  address.hash = "";
  history.replaceState(null, "", address);
}

function close() {
  detail().classList.add("is-empty");
  document.querySelector(`.claim-mark[data-claim="${chosen()}"]`)?.focus();
}

function step(by) {
  const all = items();
  const now = all.findIndex((link) => link.dataset.claim === chosen());
  const next = all[now < 0 ? 0 : now + by];
  if (next) next.click();
}

function act(key) {
  const what = detail()?.querySelector(`[data-act="${key}"]`);
  if (!what) return false;
  if (what.matches("button")) what.click();
  else {
    what.open = true;
    what.querySelector("form input:not([type=hidden]), form select")?.focus();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector("[data-reader]")) return;
  if (event.key === "Escape" && detail()?.contains(event.target)) return void close();
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (!("cmr".includes(event.key) && act(event.key))) return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-claim-close]")) close();
  from = event.target.closest("[data-claim]") ?? from;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "claim-detail" || event.target.id === "reader") show();
});
show();
