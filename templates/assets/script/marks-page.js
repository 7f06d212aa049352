// The Marks page: what is chosen comes in the place of the list, in the days of this browser's zone; and it is printed
// whole. What others mark meanwhile comes by itself. Without script every choice is a link.
import { added, post } from "./html.js";
import { on, onOpen, send } from "./live.js";
import { toast } from "./toast.js";

/** What changes within so many milliseconds is fetched together. */
const PAUSE = 700;

export function attach(page) {
  let asked = new AbortController();
  let shown = address();
  let later = 0;
  let isBehind = false;

  /** Shows what the server has at an address. Whether it came. */
  async function load(url) {
    asked.abort();
    asked = new AbortController();
    clearTimeout(later);
    later = 0;
    isBehind = false;
    const { signal } = asked;
    page.setAttribute("aria-busy", "true");
    const answer = await fetch(url, { headers: { "X-Part": "list" }, signal }).catch(() => null);
    const html = await answer?.text().catch(() => null);
    if (signal.aborted) return false;
    page.removeAttribute("aria-busy");
    if (answer?.status === 401) document.dispatchEvent(new CustomEvent("moot:signed-out"));
    if (answer?.ok && html) return draw(html);
    toast(document.body.dataset.failed, "bad", "warn");
    return false;
  }

  function draw(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = template.content.querySelector("[data-marks-page]");
    const focused = page.contains(document.activeElement) ? document.activeElement : null;
    const chosen = new Set(picks().filter((pick) => pick.checked).map(({ value }) => value));
    const typed = fields().filter((field) => field.value !== field.defaultValue);
    const open = [...page.querySelectorAll("[data-mark]:has(details[open])")].map(({ id }) => id);
    // The same element goes on: a new one would not be read out.
    const told = page.querySelector("[data-told]");
    const words = fresh.querySelector("[data-told]");
    const news = words.textContent;
    words.replaceWith(told);
    hold(() => {
      page.replaceChildren(...fresh.childNodes);
      for (const id of open) document.getElementById(id)?.querySelector("details")?.setAttribute("open", "");
    });
    told.textContent = news;
    for (const pick of picks()) pick.checked = chosen.has(pick.value);
    for (const { id, value } of typed) {
      const field = document.getElementById(id);
      if (field) field.value = value;
    }
    added(page);
    if (focused && !page.contains(focused)) follow(focused);
    return true;
  }

  /** The keyboard goes on at what stands in its place now. */
  function follow(left) {
    const line = left.closest("[data-mark]");
    const place = line ? stops(line).indexOf(left) : -1;
    const heir = (left.id && document.getElementById(left.id))
      || (line && stops(document.getElementById(line.id))[place])
      || page.querySelector(".marked");
    heir.focus({ preventScroll: true });
    if (left.selectionStart != null) heir.setSelectionRange?.(left.selectionStart, left.selectionEnd);
  }

  /** Where the keyboard stops in a line. */
  function stops(line) {
    return [...(line?.querySelectorAll("a, button, input, summary") ?? [])];
  }

  /** What is typed into. */
  function fields() {
    return [...page.querySelectorAll("input[id]")];
  }

  /** Fetches what is there now, once for all that changes in a while, and not before somebody looks. */
  function renew() {
    isBehind = true;
    if (document.hidden || later) return;
    later = setTimeout(() => {
      later = 0;
      // What somebody has just chosen comes first.
      if (page.hasAttribute("aria-busy")) renew();
      else load(address());
    }, PAUSE);
  }

  /** Changes the list, and leaves in its place what somebody reads there. */
  function hold(change) {
    const stage = page.closest(".stage");
    const scroller = stage.scrollHeight > stage.clientHeight ? stage : document.scrollingElement;
    const lines = scroller.scrollTop > 0 ? [...page.querySelectorAll("[data-mark]")] : [];
    const read = lines.find((line) => line.getBoundingClientRect().bottom > 0);
    const before = read?.getBoundingClientRect().top;
    change();
    const now = read && document.getElementById(read.id);
    if (now) scroller.scrollTop += now.getBoundingClientRect().top - before;
  }

  async function go(url) {
    if (!(await load(url))) return;
    history.pushState(null, "", url);
    shown = address();
  }

  /** Pictures that nobody has seen yet come first. */
  async function print(link) {
    if (!link.dataset.print && !(await load(link.href))) return;
    const pictures = [...page.querySelectorAll("img[loading]")];
    for (const picture of pictures) picture.loading = "eager";
    await Promise.allSettled(pictures.map((picture) => picture.decode()));
    window.print();
  }

  page.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-marks-link], a[data-print]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if ("print" in link.dataset) print(link);
    else go(link.href);
  });
  /** Ticks an action off, or not any more, in its place. */
  async function tick(form) {
    const done = await post(form.action, new URLSearchParams(new FormData(form)));
    if (done.ok) load(address());
    else toast(done.problem, "bad", "warn");
  }

  const picks = () => [...page.querySelectorAll(".mark-line > .pick")];
  page.addEventListener("change", ({ target }) => {
    if (target.matches("[data-choose-all]")) for (const pick of picks()) pick.checked = target.checked;
    const all = page.querySelector("[data-choose-all]");
    if (all && target.matches(".pick")) all.checked = picks().every((pick) => pick.checked);
  });

  page.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-dates], form[data-tick]");
    if (!form) return;
    event.preventDefault();
    if ("tick" in form.dataset) return tick(form);
    go(`${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`);
  });
  addEventListener("popstate", () => {
    // To the choices and back is a way on the page itself.
    if (shown === address()) return;
    shown = address();
    load(shown);
  });

  const isShown = (group) => (page.dataset.marksOf ?? group) === group;
  on("marks", ({ group }) => { if (isShown(group)) renew(); });
  on("resync", renew);
  let hasWatched = false;
  onOpen(() => {
    send({ type: "watch_marks" });
    // Something may have changed while nobody told.
    if (hasWatched) renew();
    hasWatched = true;
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && isBehind) renew(); });

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const here = new URL(location.href);
  if (zone && zone !== page.dataset.zoneHere) {
    here.searchParams.set("zone", zone);
    history.replaceState(null, "", here);
    shown = address();
    load(shown);
  }
}

function address() {
  return location.pathname + location.search;
}
