// Live updates: tells the maps when something changed, and shows whether the page still hears of it.
// It must listen before HTMX opens the line, so the shell starts it at once.
export function startLive() {
  const sign = document.querySelector("[data-live]");
  const set = (live) => {
    if (!sign) return;
    sign.classList.toggle("is-live", live);
    sign.textContent = live ? sign.dataset.on : sign.dataset.off;
  };
  document.body.addEventListener("htmx:sseOpen", () => set(true));
  document.body.addEventListener("htmx:sseError", () => set(false));
  document.body.addEventListener("htmx:sseClose", () => set(false));
  document.body.addEventListener("htmx:sseMessage", (event) => {
    if (event.detail.type === "facts") document.dispatchEvent(new Event("tongqu:changed"));
  });
}
