// Going to a place in the discussion: a message by its number, a date, where the unread begin. A link that leads to
// another place of the same group goes there without loading the page anew, and the browser's own way back works.
import { reveal } from "./scrolling.js";
import { toast } from "./toast.js";

const MESSAGE = /^#m-(\d+)$/;

export function followPlaces(talk, scroller, history) {
  const path = `/groups/${talk.dataset.talk}`;
  const form = talk.querySelector("[data-jump]");

  async function go({ search, hash }) {
    const asked = new URLSearchParams(search);
    const seq = Number(asked.get("at") ?? MESSAGE.exec(hash)?.[1] ?? 0);
    if (seq) return goTo(seq, { at: seq });
    if (asked.get("on")) return goTo(0, Object.fromEntries(asked));
    if (!history.isNewest()) await history.jump({});
    scroller.scrollTo({ top: 0 });
  }

  async function goTo(seq, query) {
    const there = history.find(seq);
    if (there) return reveal(there, scroller);
    const page = await history.jump(query);
    if (page === undefined) return;
    const message = page?.at && history.find(page.at);
    if (message) reveal(message, scroller);
    else toast(page ? form.dataset.missing : form.dataset.failed, "warn", "warn");
  }

  function set(url) {
    window.history.pushState(null, "", url);
    return go(url);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target) return;
    const url = new URL(link.href);
    const isPlace = url.searchParams.has("at") || MESSAGE.test(url.hash);
    if (url.origin !== location.origin || url.pathname !== path || !isPlace) return;
    event.preventDefault();
    set(url);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const date = form.elements.on.value;
    if (!date) return;
    const url = new URL(path, location.href);
    url.search = new URLSearchParams({ on: date, offset: -new Date(`${date}T00:00`).getTimezoneOffset() });
    form.closest("details").open = false;
    set(url);
  });
  addEventListener("popstate", () => go(location));
  // A notice was pressed.
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    const url = new URL(data?.go ?? "", location.origin);
    if (url.pathname === path) set(url);
  });

  if (talk.dataset.at) reveal(history.find(talk.dataset.at), scroller);
  else if (!location.search && MESSAGE.test(location.hash)) go(location);
  else showUnread(scroller);
}

/** A page opens where the unread begin, if that is on it. */
function showUnread(scroller) {
  scroller.querySelector(".unread-line")?.scrollIntoView({ block: "center" });
}
