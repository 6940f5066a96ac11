// What the page hands over: addresses, and words in the reader's language.
export const config = JSON.parse(document.getElementById("timeline-config").textContent);

export function say(key, values = {}) {
  return config.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function find(name, root = document) {
  return root.querySelector(`[data-${name}]`);
}

export const csrf = () => find("case-form").querySelector("[name=csrfmiddlewaretoken]").value;

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
