// Asks again for pictures that are still being made: the server answers with a drawing until then.
const WAIT = 3000;
const MOST = 40;

async function again(picture, turn) {
  if (turn > MOST || !picture.isConnected) return;
  const answer = await fetch(picture.src, { cache: "no-store" }).catch(() => null);
  if (answer?.ok && !answer.headers.get("Content-Type").startsWith("image/svg")) {
    picture.src = URL.createObjectURL(await answer.blob());
    return;
  }
  setTimeout(() => again(picture, turn + 1), WAIT);
}

function watch(picture) {
  // A drawing is 320 by 240 exactly and says so; a photo's rendition may too, and then asking again does no harm.
  const isDrawing = picture.naturalWidth === 320 && picture.naturalHeight === 240;
  if (isDrawing) setTimeout(() => again(picture, 1), WAIT);
}

for (const picture of document.querySelectorAll("img[data-pending]")) {
  if (picture.complete) watch(picture);
  else picture.addEventListener("load", () => watch(picture), { once: true });
}
