// Drafts of reports, kept in the phone's own database until they are sent.
const NAME = "tongqu-grid";
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "key" });
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      // Signing out deletes the database; a page that holds it open lets go of it.
      asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      resolve(asked.result);
    };
  });
  return opened;
}

async function run(mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("drafts", mode, { durability: "strict" });
    const asked = act(transaction.objectStore("drafts"));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const UNSENT = ["kept", "refused"];

// What signing out must clear, and warn about: read by ui/leave.js on every page.
function tell(drafts) {
  localStorage.setItem("tongqu:kept", JSON.stringify([NAME]));
  localStorage.setItem("tongqu:unsent", String(drafts.filter((d) => UNSENT.includes(d.state)).length));
}

export async function all() {
  const drafts = await run("readonly", (store) => store.getAll());
  tell(drafts);
  return drafts.sort((a, b) => b.at - a.at);
}

export const read = (key) => run("readonly", (store) => store.get(key));

export async function keep(draft) {
  await run("readwrite", (store) => store.put(draft));
  return all();
}

export async function drop(keys) {
  await run("readwrite", (store) => {
    const asked = keys.map((key) => store.delete(key));
    return asked.at(-1) ?? store.count();
  });
  return all();
}
