// Charts: ECharts in the page's own colours, redrawn when the theme or the size changes; CSV and PNG to take away.
import * as echarts from "./vendor/echarts-6.1.0/echarts.esm.min.mjs";

const charts = new Map();
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

function draw(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  const option = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  charts.get(figure)?.dispose();
  const chart = echarts.init(canvas, look(), { renderer: "svg" });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.on("finished", () => { canvas.dataset.idle = "true"; });
  chart.setOption({
    animation: !calm, animationDuration: 250, tooltip: { trigger: "axis" },
    grid: { left: 8, right: 16, top: 24, bottom: 8, outerBoundsMode: "same" }, aria: { enabled: true }, ...withColours(option),
  });
  canvas.dataset.drawn = "true";
  charts.set(figure, chart);
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

function csvOf(rows) {
  const quote = (text) => (/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);
  return "\ufeff" + rows.map((row) => row.map((cell) => `"${quote(cell).replaceAll('"', '""')}"`).join(",")).join("\r\n");
}

// A picture is drawn anew on a canvas, twice as fine, on the page's own background.
function png(figure) {
  const { clientWidth: width, clientHeight: height } = figure.querySelector(".chart-canvas");
  const copy = echarts.init(document.createElement("div"), look(), { renderer: "canvas", width, height, devicePixelRatio: 2 });
  copy.setOption({ ...charts.get(figure).getOption(), animation: false });
  const picture = copy.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: token("surface-raised") });
  copy.dispose();
  return picture;
}

export function start(root) {
  const figures = root.matches?.("[data-chart]") ? [root] : root.querySelectorAll("[data-chart]");
  for (const figure of figures) {
    if (charts.has(figure)) continue;
    draw(figure);
    const name = figure.dataset.name || "tongqu";
    new ResizeObserver(() => charts.get(figure)?.resize()).observe(figure);
    figure.querySelector("[data-save=png]")?.addEventListener("click", () => save(`${name}.png`, png(figure)));
    figure.querySelector("[data-save=csv]")?.addEventListener("click", () => {
      const address = URL.createObjectURL(new Blob([csvOf(table(figure))], { type: "text/csv" }));
      save(`${name}.csv`, address);
      setTimeout(() => URL.revokeObjectURL(address), DOWNLOAD_MS);
    });
  }
}

document.addEventListener("tongqu:theme", () => charts.forEach((_, figure) => draw(figure)));
