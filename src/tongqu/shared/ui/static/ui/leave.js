// Signing out leaves nothing on the device: pages that keep something there name its database in local storage.
import { say } from "./words.js";

const OURS = "tongqu:";
const MOST_MS = 3000;

function forget(name) {
  return new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = asked.onerror = resolve;
    setTimeout(resolve, MOST_MS);
  });
}

export function startLeaving() {
  document.querySelector("[data-sign-out]")?.addEventListener("submit", async (event) => {
    const names = JSON.parse(localStorage.getItem(`${OURS}kept`) ?? "[]");
    if (!names.length) return;
    event.preventDefault();
    const count = Number(localStorage.getItem(`${OURS}unsent`));
    if (count && !confirm(say("unsent", { count }))) return;
    await Promise.all(names.map(forget));
    for (const key of Object.keys(localStorage)) if (key.startsWith(OURS)) localStorage.removeItem(key);
    event.target.submit();
  });
}
