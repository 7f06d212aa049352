// What can be done with a message. A few tools stand beside the one under the mouse or with the focus; a menu has
// everything: by the tools, a right click, a long press, or Enter and single keys while a message has the focus. What is
// chosen is told to the page as `moot:do` on the message, with `what`.
import { added } from "./html.js";
import { openMenu } from "./menu.js";

/** How long a finger rests on a message, in milliseconds, and how far it may move, in pixels. */
const LONG_PRESS = 450;
const STILL = 10;
/** What has its own answer to a press. */
const OWN = "a, button, summary, input, textarea, video, audio, [role=menu]";

/** What the script brings along only when it is wanted. */
const LATER = {
  react: () => import("./emoji-picker.js"),
  edit: () => import("./edit-message.js"),
  mark: () => import("./mark.js"),
  pin: () => import("./pin.js"),
  unpin: () => import("./pin.js"),
  remove: () => import("./remove-message.js"),
  "copy-link": () => import("./copy-message.js"),
  "copy-text": () => import("./copy-message.js"),
};

export function attach(template) {
  const talk = template.closest("[data-talk]");
  const log = talk.querySelector("[data-log]");
  const parts = document.importNode(template.content, true);
  const tools = parts.querySelector("[role=toolbar]");
  const menu = parts.querySelector("[role=menu]");
  talk.append(menu, parts.querySelector(".emoji-picker"), parts.querySelector("dialog"));

  const messageOf = (node) => node?.closest?.("article.message[data-seq]");
  const show = (box, message) => {
    for (const item of box.querySelectorAll("[data-do]")) item.hidden = !may(item.dataset.if, message, template.dataset);
  };
  const act = (what, message) => {
    if (what === "menu") return open(message, tools.querySelector('[data-do="menu"]'));
    message.dispatchEvent(new CustomEvent("moot:do", { bubbles: true, detail: { what, message, template } }));
  };
  const open = (message, near) => {
    show(menu, message);
    // It may have been drawn anew meanwhile.
    const current = () => document.getElementById(message.id) ?? message;
    openMenu(menu, near, (item) => act(item.dataset.do, current()), () => current().focus({ preventScroll: true }));
  };
  const bring = (message) => {
    if (!message || tools.parentElement === message || message.querySelector("[data-editing]")) return;
    // Who is in the tools by keyboard keeps them.
    if (tools.contains(document.activeElement) && document.activeElement.matches(":focus-visible")) return;
    show(tools, message);
    message.append(tools);
  };

  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) act(button.dataset.do, messageOf(button));
  });
  log.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") bring(messageOf(event.target));
  });
  log.addEventListener("pointerleave", () => {
    if (!tools.contains(document.activeElement)) tools.remove();
  });
  log.addEventListener("focusin", (event) => {
    const message = messageOf(event.target);
    if (!message) return;
    walk(message);
    bring(message);
  });
  const walk = walking(log, messageOf);
  log.addEventListener("keydown", (event) => {
    const message = messageOf(event.target);
    if (!message || event.target !== message || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = event.key === "Enter" ? null : menu.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (event.key === "Enter") open(message, message.querySelector(".by"));
    else if (item && may(item.dataset.if, message, template.dataset)) act(item.dataset.do, message);
    else return;
    event.preventDefault();
  });
  log.addEventListener("contextmenu", (event) => {
    const message = messageOf(event.target);
    // The browser's own menu is for links and for what is chosen to be copied; a finger that rests chooses a word unasked.
    const isChosen = event.pointerType !== "touch" && String(getSelection());
    if (!message || event.target.closest(OWN) || isChosen) return;
    event.preventDefault();
    open(message, event.button === 2 ? event : message.querySelector(".by"));
  });
  onLongPress(log, (event) => {
    const message = messageOf(event.target);
    if (message) open(message, event);
  });
  talk.addEventListener("moot:do", async ({ detail: { what, message } }) => {
    if (what === "details") return message.querySelector(".when").click();
    if (what === "choose") return choose(message);
    if (what === "move") return location.assign(`${message.querySelector(".when").pathname}/move`);
    const module = await LATER[what]?.();
    module?.act(what, message, { talk, template });
  });
  // Up in an empty composer: the newest of one's own is meant.
  talk.querySelector("[data-composer] [data-text]").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" || event.target.value || event.isComposing || event.defaultPrevented) return;
    const own = [...log.querySelectorAll("article.message.own[data-seq]")].at(-1);
    if (!own || !may("editable", own, template.dataset)) return;
    event.preventDefault();
    act("edit", own);
  });
  added(talk);
}

/** The sign by which somebody began, where it was given; what stood there may have been drawn anew meanwhile. */
export function hearAgain(event, talk) {
  const isPointed = event instanceof MouseEvent;
  const now = () => (isPointed ? document.elementFromPoint(event.clientX, event.clientY) : document.activeElement);
  const place = event.target.isConnected ? event.target : now();
  if (talk.contains(place)) place.dispatchEvent(new event.constructor(event.type, event));
}

/** Choosing begins with this message; its script comes with the press. */
function choose(message) {
  const opener = document.querySelector("[data-choose-from]");
  opener.dataset.chooseOpen = message.dataset.seq;
  opener.click();
}

/** Whether an entry is for a message. The server has the last word. */
function may(wanted, message, { editTime, owns }) {
  const { author, at, removed, taken, pinned } = message.dataset;
  const isThere = removed === undefined;
  const editable = isThere && taken === undefined && author === document.body.dataset.me && Date.now() - Number(at) < Number(editTime);
  const answers = { there: isThere, editable, loose: isThere && pinned === undefined, pinned: pinned !== undefined, removable: isThere && (editable || owns !== undefined) };
  return !wanted || answers[wanted];
}

/** One message is a stop for Tab, the newest; from there the arrow keys go from one to the next. */
function walking(log, messageOf) {
  let stop = null;
  const all = () => [...log.querySelectorAll("article.message[data-seq]")];
  const mark = () => {
    const messages = all();
    const current = stop?.isConnected ? stop : messages.at(-1);
    for (const message of messages) {
      message.tabIndex = message === current ? 0 : -1;
      message.querySelector(".when").tabIndex = -1;
    }
  };
  const move = (message) => {
    if (stop === message) return;
    stop = message;
    mark();
  };
  log.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const message = messageOf(event.target);
    if (!by || !message || event.target !== message || event.altKey || event.ctrlKey || event.metaKey) return;
    const messages = all();
    const next = messages[messages.indexOf(message) + by];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  });
  log.addEventListener("focusout", ({ relatedTarget }) => {
    if (!log.contains(relatedTarget)) move(null);
  });
  document.addEventListener("moot:added", ({ target }) => {
    if (log.contains(target) || target.contains(log)) mark();
  });
  mark();
  return move;
}

/** A finger that rests where nothing else answers to it. */
function onLongPress(log, act) {
  let timer = 0;
  let start = null;
  let isDone = false;
  const end = () => clearTimeout(timer);
  log.addEventListener("pointerdown", (event) => {
    end();
    if (event.pointerType !== "touch" || event.target.closest(OWN)) return;
    start = event;
    isDone = false;
    timer = setTimeout(() => {
      isDone = true;
      getSelection().removeAllRanges();
      act(start);
    }, LONG_PRESS);
  });
  log.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > STILL) end();
  });
  for (const type of ["pointerup", "pointercancel"]) log.addEventListener(type, end);
  // Lifting the finger must not press what has come to lie under it.
  log.addEventListener("touchend", (event) => {
    if (isDone) event.preventDefault();
    isDone = false;
  });
}
