// Searching while typing: the server's own results replace those that are shown. Arrow keys walk through them.
import { added } from "./html.js";

/** Whoever types goes on within this time. */
const PAUSE = 180;
/** What was last searched for beside the discussion: whoever opens the drawer again finds it there. */
const kept = new Map();

export function attach(box) {
  const form = box.querySelector("form");
  const input = form.elements.q;
  const drawer = box.closest("[data-drawer]");
  const [told, found] = ["[data-told]", "[data-found]"].map((name) => box.querySelector(name));
  let asked = new AbortController();
  let timer = 0;
  let shown = input.defaultValue.trim();

  const url = () => `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
  const hits = () => [...found.querySelectorAll(".hit")];

  /** What the server answers, as elements; nothing if something else was asked for meanwhile. */
  async function fetchPart(address) {
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    found.setAttribute("aria-busy", "true");
    const answer = await fetch(address, { headers: { "X-Part": "panel" }, signal }).catch(() => null);
    const text = await answer?.text().catch(() => null);
    if (signal.aborted) return null;
    found.removeAttribute("aria-busy");
    if (answer?.status === 401) document.dispatchEvent(new CustomEvent("moot:signed-out"));
    if (answer?.ok && text !== null) {
      const template = document.createElement("template");
      template.innerHTML = text;
      return template.content;
    }
    told.textContent = problemIn(text) ?? document.body.dataset.failed;
    return null;
  }

  async function ask() {
    clearTimeout(timer);
    const words = input.value.trim();
    if (words === shown) return;
    const part = await fetchPart(url());
    if (!part) return;
    shown = words;
    if (drawer) kept.set(form.action, input.value);
    told.replaceChildren(...part.querySelector("[data-told]").childNodes);
    found.replaceChildren(...part.querySelector("[data-found]").childNodes);
    added(found);
    // On its own page a search can be kept, and come back to.
    if (location.pathname === form.getAttribute("action")) history.replaceState(null, "", url());
  }

  /** Puts older results under those that are there. */
  async function askMore(link) {
    const part = await fetchPart(link.href);
    if (!part) return;
    const first = hits().length;
    link.parentElement.remove();
    told.replaceChildren(...part.querySelector("[data-told]").childNodes);
    const last = [...found.querySelectorAll("[data-span]")].at(-1);
    for (const node of [...part.querySelector("[data-found]").children]) {
      const goesOn = node.dataset.span && node.dataset.span === last?.dataset.span;
      if (goesOn) last.querySelector("ol").append(...node.querySelectorAll("li"));
      else found.append(node);
    }
    added(found);
    hits()[first]?.focus();
  }

  function step(by) {
    const all = hits();
    const next = all.indexOf(document.activeElement) + by;
    (next < 0 ? input : all[Math.min(next, all.length - 1)])?.focus();
  }

  input.addEventListener("input", (event) => {
    // Somebody is still choosing the letters.
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  box.addEventListener("keydown", (event) => {
    const inField = event.target === input;
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" && (inField || event.target.matches(".hit"))) step(1);
    else if (event.key === "ArrowUp" && event.target.matches(".hit")) step(-1);
    else if (event.key === "Escape" && event.target.matches(".hit")) input.focus();
    else return;
    event.preventDefault();
  });
  found.addEventListener("click", (event) => {
    const link = event.target.closest("[data-more]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    askMore(link);
  });

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  if (form.elements.zone.value !== zone) {
    form.elements.zone.value = zone;
    // The server took other days for the reader's.
    shown = "";
  }
  // That, or what was typed before this script was there.
  if (input.value.trim() !== shown) ask();
  if (!drawer) return;
  input.focus();
  if (!input.value && kept.has(form.action)) {
    input.value = kept.get(form.action);
    input.select();
    ask();
  }
}

function problemIn(text) {
  try {
    return JSON.parse(text).problem;
  } catch {
    return null;
  }
}
