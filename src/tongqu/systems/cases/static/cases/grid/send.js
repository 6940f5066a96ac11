// Sends one draft. Its key makes the same draft sent twice one case, so that it may be sent until an answer comes.
const LONGEST_MS = 90_000;

const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

function bodyOf(draft) {
  const body = new FormData();
  for (const name of ["key", "owner", "text", "matter_code", "place_text", "lon", "lat"]) body.set(name, draft[name] ?? "");
  for (const photo of draft.photos) body.append("photos", new Blob([photo.data], { type: photo.type }), photo.name);
  return body;
}

// Returns what became of it: sent with its number, refused with reasons, or kept with the reason why not yet.
export async function send(draft, url) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST_MS);
  try {
    const answer = await fetch(url, {
      method: "POST", body: bodyOf(draft), redirect: "manual", signal: stop.signal,
      headers: { "X-CSRFToken": cookie("csrftoken"), Accept: "application/json" },
    });
    if (answer.ok) return { state: "sent", ...(await answer.json()) };
    if (answer.type === "opaqueredirect" || answer.status === 403) return { state: "kept", why: "signIn" };
    if (answer.status === 409 || answer.status === 422) return { state: "refused", reasons: (await answer.json()).problems };
    if (answer.status === 413) return { state: "refused", reasons: [], why: "tooLarge" };
    return { state: "kept", why: "busy" };
  } catch {
    return { state: "kept", why: "offline" };
  } finally {
    clearTimeout(timer);
  }
}
