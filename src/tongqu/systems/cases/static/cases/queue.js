// The queue by keyboard: j and k (or the arrows) move, Enter opens.
const table = document.querySelector("[data-queue]");
const rows = table ? [...table.querySelectorAll("tbody tr")] : [];
let place = -1;

// On a phone the tabs reach beyond the screen: the chosen one comes into sight.
for (const here of document.querySelectorAll(".case-tabs [aria-current], .case-views [aria-current]")) here.scrollIntoView({ inline: "center", block: "nearest" });

function choose(next) {
  rows[place]?.removeAttribute("aria-selected");
  place = Math.min(Math.max(next, 0), rows.length - 1);
  rows[place].setAttribute("aria-selected", "true");
  rows[place].querySelector("a").focus();
}

document.addEventListener("keydown", (event) => {
  if (!rows.length || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, dialog")) return;
  if (event.key === "j") choose(place + 1);
  else if (event.key === "k") choose(place - 1);
  else return;
  event.preventDefault();
});

for (const [index, row] of rows.entries()) {
  row.addEventListener("focusin", () => {
    rows[place]?.removeAttribute("aria-selected");
    place = index;
    row.setAttribute("aria-selected", "true");
  });
}
