// Reads the position out of a JPEG in the browser, before anything is sent.
const GPS = 0x8825;

export async function positionOf(file) {
  if (file.type !== "image/jpeg") return null;
  try {
    const view = new DataView(await file.slice(0, 256 * 1024).arrayBuffer());
    const start = exifStart(view);
    return start < 0 ? null : position(view, start);
  } catch {
    return null; // a mangled file: the server says what is wrong with it
  }
}

function exifStart(view) {
  if (view.getUint16(0) !== 0xffd8) return -1;
  for (let place = 2; place + 4 < view.byteLength;) {
    const marker = view.getUint16(place);
    if (marker === 0xffe1 && view.getUint32(place + 4) === 0x45786966) return place + 10;
    if (marker === 0xffda || (marker & 0xff00) !== 0xff00) return -1;
    place += 2 + view.getUint16(place + 2);
  }
  return -1;
}

function entries(view, start, offset, little) {
  const found = new Map();
  const count = view.getUint16(start + offset, little);
  for (let n = 0; n < count; n += 1) {
    const entry = start + offset + 2 + n * 12;
    found.set(view.getUint16(entry, little), entry + 8);
  }
  return found;
}

function position(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const first = entries(view, start, view.getUint32(start + 4, little), little);
  if (!first.has(GPS)) return null;
  const gps = entries(view, start, view.getUint32(first.get(GPS), little), little);
  const letter = (tag) => (gps.has(tag) ? String.fromCharCode(view.getUint8(gps.get(tag))) : "");
  const degrees = (tag) => {
    if (!gps.has(tag)) return NaN;
    const place = start + view.getUint32(gps.get(tag), little);
    const part = (n) => view.getUint32(place + n * 8, little) / view.getUint32(place + n * 8 + 4, little);
    return part(0) + part(1) / 60 + part(2) / 3600;
  };
  const lat = degrees(2) * (letter(1) === "S" ? -1 : 1);
  const lon = degrees(4) * (letter(3) === "W" ? -1 : 1);
  if (!Number.isFinite(lat) || !Number.isFinite(lon) || Math.abs(lat) > 90 || Math.abs(lon) > 180 || (lat === 0 && lon === 0)) return null;
  return { lon, lat };
}
