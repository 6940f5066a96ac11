// Data tables: choose columns, walk through rows with the keyboard.
const started = new WeakSet();
const YEAR = 365 * 24 * 3600;

function choose(block, name) {
  const boxes = [...block.querySelectorAll("[data-column]")];
  for (const box of boxes) {
    box.addEventListener("change", () => {
      const shown = boxes.filter((b) => b.checked).map((b) => b.dataset.column);
      if (!shown.length) { box.checked = true; return; }
      for (const cell of block.querySelectorAll(`[data-key="${CSS.escape(box.dataset.column)}"]`)) cell.hidden = !box.checked;
      document.cookie = `columns_${name}=${shown.join("|")};path=/;max-age=${YEAR};samesite=lax`;
    });
  }
}

function walk(block) {
  const rows = [...block.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a"));
  rows.forEach((row, place) => { row.tabIndex = place ? -1 : 0; });
  block.querySelector("tbody")?.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr");
    if (event.target !== row) return;
    const place = rows.indexOf(row);
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "Enter") { row.querySelector("a").click(); return; }
    if (next === undefined || !rows[next]) return;
    event.preventDefault();
    row.tabIndex = -1;
    rows[next].tabIndex = 0;
    rows[next].focus();
  });
}

export function start(root) {
  const blocks = root.matches?.("[data-table]") ? [root] : root.querySelectorAll("[data-table]");
  for (const block of blocks) {
    if (started.has(block)) continue;
    started.add(block);
    choose(block, block.dataset.table);
    walk(block);
  }
}
