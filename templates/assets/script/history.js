// The part of a group's history that is on the page. It grows while scrolling, up and down, and never without end: what
// is far away leaves the page, and comes back by scrolling. A jump puts another part in its place.
import { arrange, linesOf, take } from "./arrange.js";
import { added } from "./html.js";
import { hold } from "./scrolling.js";

/** Above so many messages the far ones leave, until so many are left. */
const MOST = 400;
const KEPT = 300;

/** `shown` is told each message that comes on the page; `loads` that some will come, and gives whom to tell when they have. */
export function historyOf(talk, { shown, loads }) {
  const log = talk.querySelector("[data-log]");
  const scroller = talk.querySelector("[data-scroller]");
  const edges = { older: talk.querySelector('[data-edge="older"]'), newer: talk.querySelector('[data-edge="newer"]') };
  const start = talk.querySelector("[data-talk-start]");
  /** A jump makes void what was asked for before. */
  let turn = 0;

  const messages = () => linesOf(log).filter((line) => line.dataset.seq);
  const isNewest = () => edges.newer.hidden;
  const find = (seq) => log.querySelector(`#m-${Number(seq)}`);

  /** One page; `null` if it did not come, `undefined` if nobody waits for it any more. */
  async function ask(query) {
    turn += "before" in query || "after" in query ? 0 : 1;
    const mine = turn;
    const came = loads();
    const url = `/groups/${talk.dataset.talk}/messages?${new URLSearchParams(query)}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    const page = answer?.ok ? await answer.json() : null;
    return mine === turn ? page && { ...page, came } : undefined;
  }

  /** Puts messages in by `put`; history is no news, and is not read out. */
  function show(page, put) {
    const template = document.createElement("template");
    template.innerHTML = page.html;
    const fresh = [...template.content.children];
    log.setAttribute("aria-live", "off");
    put(template.content);
    arrange(log);
    added(log);
    page.came();
    fresh.filter((message) => message.isConnected).forEach(shown);
    requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
    talk.dispatchEvent(new CustomEvent("moot:history"));
  }

  function mark(side, isMore) {
    edges[side].hidden = !isMore;
    if (side === "older") start.hidden = isMore;
  }

  /** Loads the next page on one side. `false` if it did not come. */
  async function extend(side) {
    const [first, last] = [messages().at(0), messages().at(-1)];
    if (!first) return false;
    const page = await ask(side === "older" ? { before: first.dataset.seq } : { after: last.dataset.seq });
    if (!page || !first.isConnected || !last.isConnected) return page !== null;
    hold(scroller, () => show(page, (fresh) => {
      if (side === "older") log.prepend(fresh);
      else last.after(fresh);
      mark(side, page[side]);
      drop(side === "older" ? "newer" : "older");
    }));
    return true;
  }

  /** Takes the messages at one side off the page if there are too many of them, but none near what is read or written in. */
  function drop(side) {
    const all = messages();
    if (all.length <= MOST) return false;
    const far = side === "newer" ? all.slice(KEPT) : all.slice(0, all.length - KEPT);
    const box = scroller.getBoundingClientRect();
    const isNear = (message) => {
      const { top, bottom } = message.getBoundingClientRect();
      return bottom > box.top - 2 * box.height && top < box.bottom + 2 * box.height;
    };
    if (far.some((message) => isNear(message) || isInUse(message))) return false;
    far.forEach(take);
    mark(side, true);
    return true;
  }

  /** Puts another part of the history on the page: around a message, a date, or the newest for `{}`. */
  async function jump(query) {
    const page = await ask(query);
    if (!page) return null;
    show(page, (fresh) => {
      messages().forEach(take);
      log.prepend(fresh);
      mark("older", page.older);
      mark("newer", page.newer);
    });
    return page;
  }

  watchEdges(scroller, edges, extend);
  return {
    isNewest,
    find,
    jump,
    first: () => Number(messages().at(0)?.dataset.seq ?? 0),
    last: () => Number(messages().at(-1)?.dataset.seq ?? 0),
    /** After a new message came at the end. */
    trim() {
      if (messages().length <= MOST) return;
      hold(scroller, () => {
        if (!drop("older")) drop("newer");
        arrange(log);
      });
    },
    /** There are newer messages than those on the page. */
    isBehind: () => mark("newer", true),
  };
}

/** Whether somebody writes in a message, or has one of its menus open. */
function isInUse(message) {
  const focused = document.activeElement;
  return message.querySelector("textarea") !== null || (message !== focused && message.contains(focused));
}

/** Loads more when an end of what is on the page comes near. */
function watchEdges(scroller, edges, extend) {
  let isBusy = false;
  const observer = new IntersectionObserver(async (entries) => {
    const edge = entries.findLast((entry) => entry.isIntersecting)?.target;
    if (!edge || isBusy) return;
    isBusy = true;
    const came = await extend(edge === edges.older ? "older" : "newer");
    isBusy = false;
    // Asked again: it may still be near.
    setTimeout(() => {
      for (const each of Object.values(edges)) {
        observer.unobserve(each);
        observer.observe(each);
      }
    }, came ? 50 : 3000);
  }, { root: scroller, rootMargin: "600px 0px" });
  for (const edge of Object.values(edges)) observer.observe(edge);
}
