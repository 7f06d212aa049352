// The messages of a group: new ones are put in by their number, never twice, and gaps are asked for again. Which part of
// the history is on the page is the work of history.js; while it is not the newest, new messages are only counted.
import { arrange, linesOf, setUnread } from "./arrange.js";
import { watchChanges } from "./changes.js";
import { historyOf } from "./history.js";
import { added, element, renewPanel } from "./html.js";
import { followPlaces } from "./places.js";
import { on, onOpen, send } from "./live.js";
import { watchReading } from "./read.js";
import { hold, isAtEnd } from "./scrolling.js";
import { toUnread } from "./unread.js";

export function attach(talk) {
  const group = talk.dataset.talk;
  const log = talk.querySelector("[data-log]");
  const scroller = talk.querySelector("[data-scroller]");
  const changes = watchChanges(talk, log, watch);
  const history = historyOf(talk, { shown: (message) => reading.watch(message), loads: changes.loads });
  const reading = watchReading(talk, scroller, history);
  const newest = toNewest(talk, scroller, history);
  const unread = toUnread(talk, scroller);
  /** Of everything up to this number the page knows: it is here, or belongs below what is here. */
  let last = Math.max(history.last(), Number(talk.dataset.newest));

  function insert(html, seq) {
    const message = element(html);
    const mine = message.dataset.client && log.querySelector(`.waiting[data-client="${CSS.escape(message.dataset.client)}"]`);
    if (history.find(seq)) {
      mine?.remove();
      return;
    }
    if (!history.isNewest()) {
      mine?.remove();
      reading.count(message);
      newest.came(message);
      return;
    }
    if (reading.isAway() && message.dataset.author !== document.body.dataset.me) unread.begin(seq);
    put(message, seq, mine);
    unread.show();
    if (!isAtEnd(scroller)) newest.came(message);
    history.trim();
  }

  function put(message, seq, mine) {
    const next = linesOf(log)
      .find((other) => other.classList.contains("waiting") || Number(other.dataset.seq) > seq);
    const change = () => {
      mine?.remove();
      log.insertBefore(message, next?.isConnected ? next : null);
      arrange(log);
    };
    const isFollowed = isAtEnd(scroller);
    if (isFollowed || mine) change();
    else hold(scroller, change);
    // Whoever was a few lines short of the end follows as well, or would fall behind line by line.
    if (isFollowed) scroller.scrollTo({ top: 0 });
    added(message.parentElement);
    reading.watch(message);
  }

  function advance(seq) {
    if (!history.isNewest()) last = Math.max(last, seq);
    while (history.find(last + 1)) last += 1;
  }

  on("message", (frame) => {
    if (frame.group !== group) return;
    if (frame.html.includes(" data-file=")) renewPanel("files");
    insert(frame.html, frame.seq);
    advance(frame.seq);
    // Numbers have no gaps: one that jumps means that something got lost on the way.
    if (frame.seq > last) watch();
  });
  // After a very long absence what is missing comes page by page, while somebody reads on.
  on("behind", (frame) => {
    if (frame.group !== group) return;
    history.isBehind();
    last = Math.max(last, frame.newest);
    newest.show();
  });
  on("resync", watch);
  onOpen(watch);
  function watch() {
    send({ type: "watch", group, after: last, changed: changes.known() });
  }

  // Another part of the history is on the page. If it is the newest, what came meanwhile is asked for.
  talk.addEventListener("moot:history", () => {
    newest.show();
    if (!history.isNewest() || !history.last() || history.last() === last) return;
    last = history.last();
    watch();
  });
  talk.addEventListener("moot:posted", ({ detail }) => {
    insert(detail.html, detail.seq);
    advance(detail.seq);
    if (detail.seq > last) watch();
  });
  talk.addEventListener("moot:drawn", () => {
    arrange(log);
    newest.go();
  });

  bringMenu(talk, log);
  const read = Number(talk.dataset.read);
  setUnread(log, read > 0 ? read : null);
  unread.show();
  linesOf(log).forEach(reading.watch);
  followPlaces(talk, scroller, history);
}

/** The menu of messages comes with the first sign that somebody is about to use it, and then hears of that sign. */
function bringMenu(talk, log) {
  const template = talk.querySelector("template[data-message-tools]");
  const seen = new AbortController();
  const bring = async (event) => {
    // A finger is over what it is about to press.
    if (event.type === "pointerover" && event.pointerType !== "mouse") return;
    seen.abort();
    let isLifted = false;
    // A finger that began to scroll presses nothing.
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, () => { isLifted = true; }, { once: true });
    const module = await import("./message-menu.js").catch(() => null);
    // Without a network it is fetched with a later sign.
    if (!module) return bringMenu(talk, log);
    module.attach(template);
    template.attached = true;
    if (event.type !== "pointerdown" || !isLifted) module.hearAgain(event, talk);
  };
  for (const type of ["pointerover", "pointerdown", "focusin"]) log.addEventListener(type, bring, { signal: seen.signal });
  talk.addEventListener("keydown", (event) => { if (event.key === "ArrowUp") bring(event); }, { signal: seen.signal });
}

/** The button that leads to the newest message, from wherever one is. */
function toNewest(talk, scroller, history) {
  const button = talk.querySelector("[data-to-newest]");
  const [plain, fresh] = [button.querySelector("[data-plain]"), button.querySelector("[data-fresh]")];
  const show = () => {
    const isThere = history.isNewest() && isAtEnd(scroller);
    button.hidden = isThere;
    if (isThere) tell(false);
  };
  const tell = (hasNew) => {
    fresh.hidden = !hasNew;
    plain.hidden = hasNew;
  };
  const go = async () => {
    if (!history.isNewest() && !(await history.jump({}))) return;
    scroller.scrollTo({ top: 0 });
    show();
  };
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (location.search) window.history.pushState(null, "", location.pathname);
    go();
  });
  scroller.addEventListener("scroll", show, { passive: true });
  show();
  return {
    go,
    show,
    /** A message came that is not in sight. */
    came(message) {
      const isOwn = message.dataset.author === document.body.dataset.me;
      if (!isOwn && !message.matches(".event")) tell(true);
      show();
    },
  };
}
