// The explorer's slider through time with play, the search among divisions, and copying of links. All works without it, by selects and buttons.
const WAIT_MS = 120;
const PLAY_MS = 1100;
const root = document.querySelector("[data-explorer]");
const time = root?.querySelector("[data-time]");

function find() {
  const box = root.querySelector("[data-picker-find]");
  if (!box) return;
  box.hidden = false;
  const labels = [...box.parentElement.querySelectorAll("label")];
  box.addEventListener("input", () => {
    const words = box.value.trim().toLowerCase();
    for (const label of labels) label.hidden = !label.textContent.toLowerCase().includes(words);
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

function copying() {
  for (const button of root.querySelectorAll("[data-copy]")) {
    const from = button.parentElement.querySelector("[data-copy-from]");
    from.addEventListener("focus", () => from.select());
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(from.value);
      from.select();
      button.classList.add("primary");
    });
  }
}

// Takes the parts of the new page into this one; a chart stays and only moves to its new numbers.
function take(fresh) {
  for (const part of root.querySelectorAll("[data-part]")) {
    const next = fresh.getElementById(part.id);
    if (!next) continue;
    const [figure, wanted] = [part, next].map((each) => each.querySelector("[data-chart]"));
    if (figure && wanted) {
      for (const piece of ["figcaption", ".chart-foot", 'script[type="application/json"]']) {
        const [old, now] = [figure, wanted].map((each) => each.querySelector(piece));
        if (piece === ".chart-foot") old.querySelector("a")?.setAttribute("href", now.querySelector("a")?.getAttribute("href") ?? "");
        else old.innerHTML = now.innerHTML;
      }
      figure.querySelector(".chart-canvas").setAttribute("aria-label", wanted.querySelector(".chart-canvas").getAttribute("aria-label"));
      wanted.replaceWith(figure);
    }
    part.replaceChildren(...next.childNodes);
    if (figure && wanted) figure.dispatchEvent(new Event("tongqu:redraw"));
    part.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    globalThis.htmx?.process(part);
  }
  copying();
}

let asking = null;
async function show() {
  const address = new URL(location.pathname, location.href);
  for (const [name, value] of new FormData(time)) if (value) address.searchParams.append(name, value);
  for (const name of ["period", "since"]) {
    for (const other of root.querySelectorAll(`[data-explorer-form] input[name=${name}]`)) other.value = time.elements[name]?.value ?? "";
  }
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "text/html" } });
    if (!answer.ok) { location.assign(address); return; }
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

function slider(select) {
  const range = document.createElement("input");
  const said = document.createElement("output");
  range.type = "range";
  range.min = 0;
  range.max = select.length - 1;
  range.value = select.selectedIndex;
  range.setAttribute("aria-label", `${select.closest("label").querySelector("span").textContent}. ${time.dataset.range}`);
  const tell = () => {
    const { text } = select.options[range.value];
    said.textContent = text;
    range.setAttribute("aria-valuetext", text);
  };
  let timer;
  range.addEventListener("input", () => {
    select.selectedIndex = Number(range.value);
    tell();
    clearTimeout(timer);
    timer = setTimeout(show, WAIT_MS);
  });
  select.addEventListener("change", () => {
    range.value = select.selectedIndex;
    tell();
    show();
  });
  tell();
  return { range, said, tell };
}

function player({ range, tell }, select) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  let playing = false;
  const set = (on) => {
    playing = on;
    button.textContent = on ? `■ ${time.dataset.stop}` : `▶ ${time.dataset.play}`;
  };
  const step = async () => {
    if (!playing) return;
    if (Number(range.value) >= Number(range.max)) { set(false); return; }
    range.value = Number(range.value) + 1;
    select.selectedIndex = Number(range.value);
    tell();
    const begun = performance.now();
    await show();
    setTimeout(step, Math.max(0, PLAY_MS - (performance.now() - begun)));
  };
  button.addEventListener("click", () => {
    set(!playing);
    if (!playing) return;
    if (Number(range.value) >= Number(range.max)) range.value = -1 + Number(range.min);
    step();
  });
  range.addEventListener("pointerdown", () => set(false));
  set(false);
  return button;
}

function sliding() {
  const select = time.elements.period;
  const made = slider(select);
  const line = document.createElement("span");
  line.className = "time-line";
  line.append(player(made, select), made.range, made.said);
  time.prepend(line);
  time.elements.since?.addEventListener("change", show);
  time.querySelector("[data-go]").hidden = true;
  time.addEventListener("submit", (event) => { event.preventDefault(); show(); });
}

if (root) { find(); copying(); }
if (time) sliding();
