// What every page needs: components are loaded when a page has them.
const parts = [
  ["[data-map]", "./map.js"],
  ["[data-chart]", "./chart.js"],
  ["[data-table]", "./table.js"],
  ["[data-photos]", "./photos.js"],
];

function load(root) {
  for (const [selector, file] of parts) {
    if (root.matches?.(selector) || root.querySelector(selector)) {
      import(file).then((part) => part.start(root));
    }
  }
}

function focusErrors(root) {
  root.querySelector("[data-error-summary]")?.focus();
}

load(document);
focusErrors(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) load(event.target);
});
