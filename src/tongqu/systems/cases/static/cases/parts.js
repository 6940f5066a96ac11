// Adds a row to the units of a split case: a copy of the last one, emptied.
function grow(rows) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button quiet";
  button.textContent = rows.dataset.add;
  button.addEventListener("click", () => {
    const last = rows.querySelector(".part-row:last-of-type");
    const row = last.cloneNode(true);
    for (const field of row.querySelectorAll("select, input")) {
      field.value = "";
      field.removeAttribute("id");
    }
    last.after(row);
    row.querySelector("select").focus();
  });
  rows.after(button);
}

function begin(root) {
  for (const rows of root.querySelectorAll("[data-part-rows]:not([data-grows])")) {
    rows.dataset.grows = "";
    grow(rows);
  }
}

begin(document);
document.addEventListener("htmx:afterSwap", (event) => begin(event.target));
