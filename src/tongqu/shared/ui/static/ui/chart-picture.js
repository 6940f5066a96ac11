// Pictures of charts that explain themselves away from their page: title above, source and marks below.
const SIDE = 16;
const TITLE = { size: 17, line: 24 };
const FOOT = { size: 12, line: 18 };

// Chinese breaks anywhere, words of letters between them.
function wrapped(pen, text, most) {
  const lines = [""];
  for (const part of text.match(/[\u0021-\u024f]+\s?|\s|./gu) ?? []) {
    const longer = lines.at(-1) + part;
    if (pen.measureText(longer).width > most && lines.at(-1)) lines.push(part.trimStart());
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function layout(width, height, said) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `600 ${TITLE.size}px ${said.font}`;
  const title = wrapped(pen, said.title, width - 2 * SIDE);
  pen.font = `${FOOT.size}px ${said.font}`;
  const foot = said.foot ? wrapped(pen, said.foot, width - 2 * SIDE) : [];
  const top = SIDE + title.length * TITLE.line + 8;
  const whole = top + height + (foot.length ? 8 + foot.length * FOOT.line : 0) + SIDE;
  const texts = [
    ...title.map((text, n) => ({ text, y: SIDE + (n + 0.75) * TITLE.line, size: TITLE.size, weight: 600, ink: said.ink })),
    ...foot.map((text, n) => ({ text, y: top + height + 8 + (n + 0.75) * FOOT.line, size: FOOT.size, weight: 400, ink: said.faint })),
  ];
  return { top, whole, texts };
}

export function pngOf(chart, width, height, said) {
  const { top, whole, texts } = layout(width, height, said);
  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = whole * 2;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  pen.fillStyle = said.paper;
  pen.fillRect(0, 0, width, whole);
  pen.drawImage(chart, 0, top, width, height);
  for (const { text, y, size, weight, ink } of texts) {
    pen.font = `${weight} ${size}px ${said.font}`;
    pen.fillStyle = ink;
    pen.fillText(text, SIDE, y);
  }
  return canvas.toDataURL("image/png");
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

export function svgOf(chart, width, height, said) {
  const { top, whole, texts } = layout(width, height, said);
  const words = texts.map(({ text, y, size, weight, ink }) => (
    `<text x="${SIDE}" y="${y}" font-family="${escaped(said.font)}" font-size="${size}" font-weight="${weight}" fill="${ink}">${escaped(text)}</text>`
  ));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${whole}" viewBox="0 0 ${width} ${whole}">`,
    `<rect width="100%" height="100%" fill="${said.paper}"/>`, `<g transform="translate(0 ${top})">${chart}</g>`, ...words, "</svg>",
  ].join("\n");
}
