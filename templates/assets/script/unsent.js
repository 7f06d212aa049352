// What is typed and not sent yet is kept on the server, so that it is there on one's other devices; and in this tab until
// the server has it. There is one text, the newest, with the message that it answers: what another device has written
// meanwhile is offered, never lost.
import { made, post } from "./html.js";

const PAUSE = 1000;

/** `typed` is to be called when the text has changed, `sent` when it is on its way, `stored` when it was sent. */
export function keepUnsent(form, answered, changed) {
  const text = form.querySelector("[data-text]");
  const url = form.dataset.unsent;
  const remembered = `unsent:${document.body.dataset.me}:${url}`;
  const offer = form.querySelector("[data-other-text]");
  /** What the server has, as far as this page knows, and since when. */
  let kept = { text: text.defaultValue, answers: answered.kept, at: Number(form.dataset.unsentAt) };
  let timer = 0;
  let running = null;

  const here = () => ({ text: text.value, answers: answered.current() });
  const told = (found) => ({ text: found.markdown, answers: answered.told(found.answers) });
  // What an empty text answers is this tab's own business.
  const isClean = () => text.value === kept.text && (!text.value || answered.current()?.id === kept.answers?.id);
  const fields = ({ text: markdown, answers }) => new URLSearchParams({ markdown, answers: answers?.id ?? "", seen: kept.at });

  async function save() {
    clearTimeout(timer);
    if (running) return;
    while (!isClean()) {
      const saved = here();
      running = post(url, fields(saved));
      const answer = await running;
      running = null;
      // Offline, or too long to be kept: it stays in this tab.
      if (!answer.ok) return;
      kept = { ...saved, at: answer.at };
      if (answer.other) show(told(answer.other));
    }
    sessionStorage.removeItem(remembered);
    if (text.value) answered.forget();
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
      const mine = here();
      put(other);
      if (mine.text.trim()) show(mine);
      text.focus();
    });
    const words = made("bdi", "cut", other.text.replace(/\s+/g, " ").slice(0, 200));
    offer.replaceChildren(made("span", "", offer.dataset.label), words, use);
    offer.hidden = false;
  }

  function put(other) {
    draw(other);
    typed();
  }

  function draw(other) {
    text.value = other.text;
    answered.put(other.answers);
    changed();
  }

  /** Somebody who comes back from another device finds what was typed there. */
  async function look() {
    if (document.visibilityState !== "visible" || running) return;
    const before = kept;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer?.ok ? await answer.json() : null;
    // What was kept from here meanwhile is newer than the answer.
    if (!found || running || kept !== before || found.at === kept.at) return;
    if (!isClean()) {
      if (found.markdown && found.markdown !== text.value) show(told(found));
      return;
    }
    kept = { ...told(found), at: found.at };
    if (kept.text !== text.value || kept.text) draw(kept);
  }

  const own = sessionStorage.getItem(remembered);
  if (own !== null && own !== text.value) {
    const old = { text: own, answers: answered.current() };
    const other = { text: text.value, answers: answered.kept };
    // On a slow network somebody has typed before this script was there: that stays.
    const isTyped = text.value !== text.defaultValue;
    if (isTyped) typed();
    else put(old);
    const beside = isTyped ? old : other;
    if (beside.text.trim()) show(beside);
  } else {
    // Some browsers put back what stood here before a reload.
    typed();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look();
    else if (!isClean()) save();
  });
  addEventListener("pagehide", () => {
    if (!isClean()) navigator.sendBeacon(url, fields(here()));
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
      if (!late) kept = { text: "", answers: null, at: 0 };
      typed();
    },
  };
}
