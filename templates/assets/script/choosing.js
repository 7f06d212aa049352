// Choosing messages of the discussion: a box at each, by mouse, touch or keyboard; with Shift all up to the one before. What
// is chosen is sent by number.
import { made } from "./html.js";

export function attach(bar) {
  const talk = bar.closest("[data-talk]");
  const log = talk.querySelector("[data-log]");
  const chosen = new Set();
  let isOn = false;
  let last = 0;
  /** The number of the message where choosing began. */
  let start = 0;

  const messages = () => [...log.querySelectorAll(".message[data-seq]:not(.waiting, [data-removed])")];
  const seqOf = (message) => Number(message.dataset.seq);

  function draw() {
    for (const message of messages()) {
      const box = message.querySelector(":scope > .pick") ?? put(message);
      box.checked = chosen.has(seqOf(message));
      message.classList.toggle("chosen", box.checked);
    }
    bar.querySelector("[data-chosen]").textContent = bar.dataset.words.replace("#", chosen.size);
    for (const button of bar.querySelectorAll("button:not([type])")) button.disabled = chosen.size === 0;
  }

  function put(message) {
    const box = made("input", "pick");
    box.type = "checkbox";
    box.setAttribute("aria-label", `${bar.dataset.choose} ${message.querySelector(".author")?.textContent ?? ""}`);
    message.prepend(box);
    return box;
  }

  function choose(message, upToLast) {
    const seq = seqOf(message);
    const wanted = !chosen.has(seq);
    const [from, to] = upToLast && last ? [Math.min(last, seq), Math.max(last, seq)] : [seq, seq];
    for (const one of messages().map(seqOf)) if (one >= from && one <= to) wanted ? chosen.add(one) : chosen.delete(one);
    last = seq;
    draw();
  }

  function begin(first) {
    isOn = true;
    start = first;
    bar.hidden = false;
    talk.classList.add("choosing");
    if (first) chosen.add(first);
    draw();
    const focused = first ? log.querySelector(`#m-${first} > .pick`) : messages().at(-1)?.querySelector(".pick");
    focused?.focus({ preventScroll: true });
  }

  function end() {
    isOn = false;
    last = 0;
    chosen.clear();
    bar.hidden = true;
    talk.classList.remove("choosing");
    for (const box of log.querySelectorAll(".message > .pick")) box.remove();
    for (const message of log.querySelectorAll(".message.chosen")) message.classList.remove("chosen");
    const place = log.querySelector(`#m-${start}`) ?? talk.querySelector("[data-text]");
    place?.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-choose-open]");
    if (!opener) return;
    event.preventDefault();
    document.dispatchEvent(new Event("moot:close-panel"));
    begin(Number(opener.dataset.chooseOpen) || 0);
  });
  log.addEventListener("click", (event) => {
    const message = event.target.closest(".message");
    if (!isOn || !message?.querySelector(":scope > .pick")) return;
    if (event.target.closest("a, button, summary, video, audio")) return;
    choose(message, event.shiftKey);
  });
  bar.querySelector("[data-cancel]").addEventListener("click", end);
  document.addEventListener("keydown", (event) => {
    if (!isOn || event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    end();
  });
  // Messages that come, or are drawn anew, get their box.
  document.addEventListener("moot:added", () => { if (isOn) draw(); });
  bar.addEventListener("submit", async (event) => {
    if (event.submitter && "markThese" in event.submitter.dataset) {
      event.preventDefault();
      const { markAll } = await import("./mark.js");
      return markAll(talk, [...chosen], end);
    }
    for (const old of bar.querySelectorAll("[name=seq]")) old.remove();
    for (const seq of chosen) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "seq", value: seq });
      bar.append(field);
    }
  });
}
