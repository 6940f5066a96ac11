// Short messages at the edge of the page. Errors stay until they are closed; others go after eight seconds.
import { say } from "./words.js";

const holder = document.getElementById("toasts");

export function toast(text, level = "info") {
  const item = document.createElement("div");
  item.className = `toast toast-${level}`;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.textContent = "×";
  close.setAttribute("aria-label", say("close"));
  item.append(words, close);
  holder?.append(item);
  mind(item);
}

function mind(item) {
  item.querySelector(".toast-close")?.addEventListener("click", () => item.remove());
  if (item.matches(".toast-error, .toast-warning")) return;
  let timer;
  const wait = () => { timer = setTimeout(() => item.remove(), 8000); };
  item.addEventListener("mouseenter", () => clearTimeout(timer));
  item.addEventListener("mouseleave", wait);
  item.addEventListener("focusin", () => clearTimeout(timer));
  wait();
}

export function startToasts() {
  holder?.querySelectorAll(".toast").forEach(mind);
}
