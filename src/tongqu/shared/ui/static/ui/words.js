// Words in the reader's language, handed over by the page; a script holds none of its own.
const told = JSON.parse(document.getElementById("ui-words")?.textContent ?? "{}");

export function say(key, values = {}) {
  return (told[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
export const locale = document.documentElement.lang || "zh-Hans";
