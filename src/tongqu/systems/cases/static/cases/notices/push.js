// Offers notices on this device where the browser can have them; asks for permission only after a click.
const canPush = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function subscribed(root) {
  const registration = await navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope });
  await navigator.serviceWorker.ready;
  const key = bytes(root.dataset.push);
  const known = await registration.pushManager.getSubscription();
  return known ?? registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function ask(root, form) {
  const say = root.querySelector("[data-push-says]");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") throw new Error(root.dataset.denied);
    const { endpoint, keys } = (await subscribed(root)).toJSON();
    form.elements.address.value = endpoint;
    form.elements.p256dh.value = keys.p256dh;
    form.elements.auth.value = keys.auth;
    form.submit();
  } catch (problem) {
    say.textContent = problem.message || root.dataset.failed;
    say.hidden = false;
    button.disabled = false;
  }
}

function prepare() {
  for (const root of document.querySelectorAll("[data-push]")) {
    root.hidden = !canPush;
    const form = root.querySelector("form");
    if (!canPush || form.dataset.ready) continue;
    form.dataset.ready = "1";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(root, form);
    });
  }
}

prepare();
document.addEventListener("htmx:afterSettle", prepare);
