// Puts a block of text into the reply where the cursor stands, and has the score counted again.
document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-text-blocks]");
  if (!list || !list.value) return;
  const area = document.getElementById(list.dataset.textBlocks);
  const from = area.selectionStart ?? area.value.length;
  area.setRangeText(list.value, from, area.selectionEnd ?? from, "end");
  list.value = "";
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
});
