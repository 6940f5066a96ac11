// Shows a question only while the one it depends on has the answer that it asks for. Without this script all are
// shown, each with its condition in words; the server leaves out what was not asked.
const box = document.querySelector("#questions");

function given(name) {
  const inputs = [...box.querySelectorAll(`[name="${name}"]`)];
  return inputs
    .filter((input) => !input.closest(".field").hidden)
    .filter((input) => !["radio", "checkbox"].includes(input.type) || input.checked)
    .map((input) => input.value);
}

function arrange() {
  // In the order of the page: a question depends only on earlier ones, so chains settle in one pass.
  const seen = new Set();
  for (const input of box.querySelectorAll("[data-when]")) {
    const field = input.closest(".field");
    if (seen.has(field)) continue;
    seen.add(field);
    const wanted = input.dataset.whenIs.split(" ");
    field.hidden = !given(input.dataset.when).some((value) => wanted.includes(value));
    field.querySelector(".field-help")?.toggleAttribute("hidden", true);
  }
}

if (box) {
  arrange();
  box.addEventListener("change", arrange);
  box.addEventListener("htmx:afterSwap", arrange);
}
