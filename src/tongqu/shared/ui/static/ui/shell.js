// What every page needs: menus, drawer, theme, messages; other components are loaded when a page has them.
import { startLeaving } from "./leave.js";
import { startLive } from "./live.js";
import { startToasts, toast } from "./toast.js";
import { say } from "./words.js";

const parts = [
  ["[data-map]", () => import("./map.js")],
  ["[data-chart]", () => import("./chart.js")],
  ["[data-table]", () => import("./table.js")],
  ["[data-photos]", () => import("./photos.js")],
];

function load(root) {
  for (const [selector, part] of parts) {
    if (root.matches?.(selector) || root.querySelector(selector)) part().then((module) => module.start(root));
  }
}

function startMenus() {
  const menus = [...document.querySelectorAll("details[data-menu]")];
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

function startDrawer() {
  const side = document.getElementById("side");
  if (!side) return;
  const openers = [...document.querySelectorAll("[data-drawer]")];
  let from = null;
  const set = (open) => {
    side.classList.toggle("is-open", open);
    openers.forEach((opener) => opener.setAttribute("aria-expanded", String(open)));
    document.getElementById("main").inert = open;
    if (open) side.querySelector("button, a").focus();
    else from?.focus();
  };
  openers.forEach((opener) => opener.addEventListener("click", () => { from = opener; set(true); }));
  document.querySelectorAll("[data-drawer-close]").forEach((button) => button.addEventListener("click", () => set(false)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("is-open")) set(false);
  });
}

function startTheme() {
  const form = document.querySelector("[data-theme-form]");
  const changed = () => document.dispatchEvent(new Event("tongqu:theme"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  form?.addEventListener("submit", (event) => {
    const wanted = event.submitter?.value;
    if (!wanted) return;
    event.preventDefault();
    const body = new FormData(form);
    body.set("theme", wanted);
    fetch(form.action, { method: "POST", body, redirect: "manual" });
    document.documentElement.dataset.theme = wanted;
    form.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b === event.submitter)));
    form.closest("details").open = false;
    changed();
  });
}

function startErrors() {
  document.querySelector("[data-error-summary]:not([data-sample] *)")?.focus();
  document.addEventListener("htmx:load", (event) => {
    event.target.querySelector?.("[data-error-summary]:not([data-sample] *)")?.focus();
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    toast(say({ 403: "forbidden", 404: "gone", 429: "slower" }[status] ?? "failed"), "error");
  });
  document.body.addEventListener("htmx:sendError", () => toast(say("offline"), "error"));
}

startMenus();
startDrawer();
startTheme();
startErrors();
startToasts();
startLeaving();
startLive();
load(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) load(event.target);
});
