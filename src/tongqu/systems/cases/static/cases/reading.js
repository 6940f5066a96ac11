// A suggested matter is filled into the form of acceptance; the desk still looks at it and accepts.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  const field = button && document.getElementById(button.dataset.fill);
  if (!field) return;
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.closest("details")?.setAttribute("open", "");
  const note = button.closest("section").querySelector("[data-filled]");
  if (note) note.textContent = note.dataset.filled;
  field.focus();
  field.scrollIntoView({ block: "center" });
});
