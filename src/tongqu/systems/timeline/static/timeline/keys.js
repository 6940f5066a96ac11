// Keys of the time axis. Nothing happens while somebody types or holds a modifier.
import { find } from "./words.js";

const MODES = ["single", "swipe", "blink", "side", "difference"];

export function startKeys(acts) {
  const dialog = find("keys");
  find("help").addEventListener("click", () => dialog.showModal());
  const pressed = (event) => {
    const which = event.shiftKey ? "b" : undefined;
    if (event.key === "ArrowLeft") acts.step(-1, which);
    else if (event.key === "ArrowRight") acts.step(1, which);
    else if (event.key === " ") acts.swap();
    else if (/^[1-5]$/.test(event.key)) acts.setMode(MODES[Number(event.key) - 1]);
    else if (event.key === "c") acts.toggleChanges();
    else if (event.key === "0") acts.full();
    else if (event.key === "f") acts.fit();
    else if (event.key === "+" || event.key === "=") acts.zoom(1);
    else if (event.key === "-") acts.zoom(-1);
    else if (event.key === "?") dialog.showModal();
    else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.target.closest("input, select, textarea, summary, [contenteditable]")) return;
    // A button answers to the space bar itself.
    if (event.key === " " && event.target.closest("button, a")) return;
    if (!pressed(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}
