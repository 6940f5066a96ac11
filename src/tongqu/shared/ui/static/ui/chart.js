// Charts: ECharts in the page's own colours, redrawn when the theme, the size or the data change; CSV, PNG and SVG to take away.
import * as echarts from "./vendor/echarts-6.1.0/echarts.esm.min.mjs";
import { pngOf, svgOf } from "./chart-picture.js";

const charts = new Map();
const maps = new Map();
// The browser fetches a download after the click has returned: its address must outlive that.
const DOWNLOAD_MS = 60_000;

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function look() {
  const axis = {
    axisLine: { lineStyle: { color: token("line-strong") } },
    axisTick: { show: false },
    axisLabel: { color: token("ink-faint") },
    splitLine: { lineStyle: { color: token("line") } },
  };
  return {
    color: [1, 2, 3, 4, 5, 6].map((n) => token(`chart-${n}`)),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13, color: token("ink") },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    logAxis: { ...axis, axisLine: { show: false } },
    timeAxis: axis,
    legend: { textStyle: { color: token("ink-soft") }, itemWidth: 12, itemHeight: 8 },
    tooltip: { backgroundColor: token("surface-raised"), borderColor: token("line"), textStyle: { color: token("ink") } },
  };
}

// In an option, "$lamp-red" stands for the token's colour.
function withColours(value) {
  if (typeof value === "string") return value.startsWith("$") ? token(value.slice(1)) : value;
  if (Array.isArray(value)) return value.map(withColours);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withColours(v)]));
  return value;
}

// A tip is text of the page's data: it never becomes HTML.
function tip(point) {
  const words = document.createElement("div");
  words.style.whiteSpace = "pre-line";
  words.textContent = point.data?.tip ?? point.name;
  return words;
}

function optionOf(figure) {
  const { tongqu = {}, ...given } = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const option = {
    animation: !calm, animationDuration: 250, tooltip: { trigger: "axis" },
    grid: { left: 8, right: 16, top: 24, bottom: 8, outerBoundsMode: "same" }, ...withColours(given),
    // ECharts would read out codes and places in a list; the finding says more, and the numbers stand in a table.
    aria: { enabled: true, label: { description: figure.querySelector("figcaption").textContent.trim() } },
  };
  if (tongqu.tips) option.tooltip = { ...option.tooltip, formatter: tip };
  return { option, extra: tongqu };
}

// A degree of longitude is shorter than one of latitude, by the cosine of the middle latitude.
function aspectOf(shapes) {
  const found = [];
  const walk = (part) => (typeof part[0] === "number" ? found.push(part[1]) : part.forEach(walk));
  for (const feature of shapes.features) walk(feature.geometry.coordinates);
  const middle = found.reduce((a, b) => a + b, 0) / (found.length || 1);
  return Math.cos((middle * Math.PI) / 180);
}

async function fetchMap({ name, url }) {
  if (!maps.has(name)) {
    const answer = await fetch(url, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const shapes = await answer.json();
    echarts.registerMap(name, shapes);
    maps.set(name, aspectOf(shapes));
  }
  return maps.get(name);
}

async function prepared(figure) {
  const { option, extra } = optionOf(figure);
  if (extra.map) {
    const aspectScale = await fetchMap(extra.map);
    option.series = option.series.map((one) => ({ ...one, aspectScale }));
  }
  return { option, extra };
}

function follow(chart, { option, extra }, point) {
  const series = option.series?.[point.seriesIndex];
  const href = point.data?.url ?? (series?.way && extra.keys ? series.way + encodeURIComponent(extra.keys[point.dataIndex]) : "");
  if (!href) return;
  const link = document.createElement("a");
  link.href = href;
  document.body.append(link);
  link.click();
  link.remove();
}

async function draw(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  const made = await prepared(figure);
  charts.get(figure)?.chart?.dispose();
  const chart = echarts.init(canvas, look(), { renderer: "svg" });
  chart.on("finished", () => { canvas.dataset.idle = "true"; });
  chart.on("click", (point) => follow(chart, charts.get(figure).made, point));
  chart.setOption(made.option);
  canvas.dataset.drawn = "true";
  charts.set(figure, { chart, made });
}

// The same chart with other numbers: what is drawn moves to where it belongs now.
async function redraw(figure) {
  const drawn = charts.get(figure);
  if (!drawn?.chart) return;
  const made = await prepared(figure);
  const { chart } = drawn;
  figure.querySelector(".chart-canvas").style.height = made.extra.height ? `${made.extra.height}px` : "";
  chart.resize();
  charts.set(figure, { chart, made });
  chart.setOption(made.option, { replaceMerge: ["series", "visualMap"] });
}

function table(figure) {
  return [...figure.querySelectorAll(".chart-data tr")].map((row) => [...row.children].map((cell) => cell.textContent.trim()));
}

function save(name, href) {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}

function saveText(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  save(name, address);
  setTimeout(() => URL.revokeObjectURL(address), DOWNLOAD_MS);
}

function csvOf(rows) {
  const quote = (text) => (/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);
  return "\ufeff" + rows.map((row) => row.map((cell) => `"${quote(cell).replaceAll('"', '""')}"`).join(",")).join("\r\n");
}

// What a picture says by itself, away from its page: the finding above, source and marks below.
function said(figure) {
  const source = figure.querySelector("[data-source]")?.textContent.trim() ?? "";
  return {
    title: figure.querySelector("figcaption").textContent.trim(),
    foot: [figure.dataset.stamp, source].filter(Boolean).join(" · "),
    ink: token("ink"), faint: token("ink-faint"), paper: token("surface-raised"), font: getComputedStyle(document.body).fontFamily,
  };
}

function pictured(figure, renderer) {
  const { clientWidth: width, clientHeight: height } = figure.querySelector(".chart-canvas");
  const own = renderer === "svg" ? { ssr: true } : { devicePixelRatio: 2 };
  const copy = echarts.init(renderer === "svg" ? null : document.createElement("div"), look(), { renderer, width, height, ...own });
  copy.setOption({ ...charts.get(figure).made.option, animation: false });
  return { copy, width, height };
}

function picture(figure, kind, name) {
  const { copy, width, height } = pictured(figure, kind === "svg" ? "svg" : "canvas");
  if (kind === "svg") saveText(`${name}.svg`, svgOf(copy.renderToSVGString(), width, height, said(figure)), "image/svg+xml");
  else save(`${name}.png`, pngOf(copy.renderToCanvas({ pixelRatio: 2 }), width, height, said(figure)));
  copy.dispose();
}

function forget() {
  for (const [figure, drawn] of charts) {
    if (figure.isConnected) continue;
    drawn?.chart?.dispose();
    charts.delete(figure);
  }
}

export function start(root) {
  forget();
  const figures = root.matches?.("[data-chart]") ? [root] : root.querySelectorAll("[data-chart]");
  for (const figure of figures) {
    if (charts.has(figure)) continue;
    charts.set(figure, null);
    draw(figure);
    const name = figure.dataset.name || "tongqu";
    new ResizeObserver(() => charts.get(figure)?.chart?.resize()).observe(figure);
    for (const kind of ["png", "svg"]) figure.querySelector(`[data-save=${kind}]`)?.addEventListener("click", () => picture(figure, kind, name));
    figure.querySelector("[data-save=csv]")?.addEventListener("click", () => saveText(`${name}.csv`, csvOf(table(figure)), "text/csv"));
    figure.addEventListener("tongqu:redraw", () => redraw(figure));
  }
}

document.addEventListener("tongqu:theme", () => charts.forEach((_, figure) => draw(figure)));
