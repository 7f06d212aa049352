// What is typed and not sent yet is kept on the server, so that it is there on one's other devices; and in this tab until
// the server has it. There is one text, the newest: what another device has written meanwhile is offered, never lost.
import { made, post } from "./html.js";

const PAUSE = 1000;

/** `typed` is to be called when the text has changed, `sent` when it is on its way, `stored` when it was sent. */
export function keepUnsent(form, text, changed) {
  const url = form.dataset.unsent;
  const remembered = `unsent:${document.body.dataset.me}:${url}`;
  const offer = form.querySelector("[data-other-text]");
  /** What the server has, as far as this page knows, and since when. */
  let kept = { text: text.defaultValue, at: Number(form.dataset.unsentAt) };
  let timer = 0;
  let running = null;

  const isClean = () => text.value === kept.text;

  async function save() {
    clearTimeout(timer);
    if (running) return;
    while (!isClean()) {
      const saved = text.value;
      running = post(url, new URLSearchParams({ markdown: saved, seen: kept.at }));
      const answer = await running;
      running = null;
      // Offline, or too long to be kept: it stays in this tab.
      if (!answer.ok) return;
      kept = { text: saved, at: answer.at };
      if (answer.other) show(answer.other);
    }
    sessionStorage.removeItem(remembered);
  }

  function typed() {
    clearTimeout(timer);
    if (isClean()) return sessionStorage.removeItem(remembered);
    sessionStorage.setItem(remembered, text.value);
    timer = setTimeout(save, PAUSE);
  }

  /** Offers a text from elsewhere beside the one that stands here. */
  function show(other) {
    const use = made("button", "button slim", offer.dataset.use);
    use.type = "button";
    use.addEventListener("click", () => {
      offer.hidden = true;
      const mine = text.value;
      put(other);
      if (mine.trim()) show(mine);
      text.focus();
    });
    const words = made("bdi", "cut", other.replace(/\s+/g, " ").slice(0, 200));
    offer.replaceChildren(made("span", "", offer.dataset.label), words, use);
    offer.hidden = false;
  }

  function put(words) {
    text.value = words;
    changed();
    typed();
  }

  /** Somebody who comes back from another device finds what was typed there. */
  async function look() {
    if (document.visibilityState !== "visible" || running) return;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer?.ok ? await answer.json() : null;
    if (!found || running || found.at === kept.at) return;
    if (!isClean()) {
      if (found.markdown && found.markdown !== text.value) show(found.markdown);
      return;
    }
    kept = { text: found.markdown, at: found.at };
    text.value = found.markdown;
    changed();
  }

  const here = sessionStorage.getItem(remembered);
  if (here !== null && here !== text.value) {
    const other = text.value;
    put(here);
    if (other.trim()) show(other);
  } else {
    // Some browsers put back what stood here before a reload.
    typed();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look();
    else if (!isClean()) save();
  });
  addEventListener("pagehide", () => {
    if (!isClean()) navigator.sendBeacon(url, new URLSearchParams({ markdown: text.value, seen: kept.at }));
  });

  // The page may have stood here for long.
  look();

  return {
    typed,
    /** The server takes the text away together with storing the message; one on its way to be kept comes after. */
    sent() {
      clearTimeout(timer);
      sessionStorage.removeItem(remembered);
      offer.hidden = true;
    },
    async stored() {
      const late = running;
      await late;
      if (!late) kept = { text: "", at: 0 };
      typed();
    },
  };
}
