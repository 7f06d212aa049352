// Receipts: says which messages that ask for one have come and which were in sight, shows how they stand, and offers the
// button of those who confirm by hand. What was said into a dying socket is said again by the next one.
import { onActivity } from "./activity.js";
import { on, onOpen, send } from "./live.js";
import { added, element, post, renewPanel } from "./html.js";
import { looking } from "./read.js";
import { toast } from "./toast.js";

/** So many numbers go into one frame. */
const TOGETHER = 100;
/** So much of a message, or of the window, has to be in sight. */
const PART = 0.3;
/** A panel that shows the receipts of a message comes anew at most so often, in milliseconds. */
const ANEW = 1000;

export function attach(log) {
  const { talk: group, receiptPolicy } = log.closest("[data-talk]").dataset;
  let policy = receiptPolicy;
  const me = document.body.dataset.me;
  /** What waits for one's own word; none unless one confirms by hand. */
  let toConfirm = new Set();
  /** Seen since the page was opened. */
  const seen = new Set();
  const inSight = new Set();
  const untold = { got: new Set(), seen: new Set() };
  /** What comes after it is new to everybody. */
  let newest = Math.max(0, ...[...log.querySelectorAll(".message[data-seq]")].map((message) => Number(message.dataset.seq)));
  let timer = 0;
  let renewing = 0;

  const seqOf = (message) => Number(message.dataset.seq);
  const asks = (message) => message.querySelector("[data-receipts]") !== null;
  const isMine = (message) => message.dataset.author === me;
  const asking = () => [...log.querySelectorAll(".message:has([data-receipts])")];

  function say(type, seqs) {
    for (let at = 0; at < seqs.length; at += TOGETHER) send({ type, group, seqs: seqs.slice(at, at + TOGETHER) });
  }

  function tellSoon(kind, seq) {
    untold[kind].add(seq);
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const [type, seqs] of Object.entries(untold)) {
        say(type, [...seqs]);
        seqs.clear();
      }
    }, 200);
  }

  function offerConfirming(message) {
    const form = message.querySelector("[data-confirm-reading]");
    if (form) form.hidden = !toConfirm.has(seqOf(message));
  }

  function arrived(message) {
    if (!asks(message)) return;
    if (seqOf(message) > newest && policy === "manual" && !isMine(message)) toConfirm.add(seqOf(message));
    newest = Math.max(newest, seqOf(message));
    offerConfirming(message);
    if (isMine(message)) return;
    tellSoon("got", seqOf(message));
    if (!seen.has(seqOf(message))) observer.observe(message);
  }

  /** Whether it is really being looked at: a good part of it, or of what fits into the window, on a page in focus. */
  const observer = new IntersectionObserver((entries) => {
    for (const { target, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const isIn = intersectionRatio >= PART || intersectionRect.height >= PART * (rootBounds?.height ?? Infinity);
      if (isIn) inSight.add(target);
      else inSight.delete(target);
    }
    noteSeen();
  }, { root: log.closest("[data-scroller]"), threshold: [0, 0.1, 0.2, PART, 0.5] });

  function noteSeen() {
    if (!looking()) return;
    for (const message of inSight) {
      observer.unobserve(message);
      seen.add(seqOf(message));
      tellSoon("seen", seqOf(message));
    }
    inSight.clear();
  }
  addEventListener("focus", noteSeen);
  onActivity(noteSeen);
  document.addEventListener("visibilitychange", noteSeen);

  // It has come, also if the page shows another part of the history just now.
  on("message", (frame) => {
    if (frame.group === group && frame.html.includes("data-receipts")) tellSoon("got", frame.seq);
  });
  on("receipts", (frame) => {
    if (frame.group !== group) return;
    const message = log.querySelector(`#m-${frame.seq}`);
    if (!message) return;
    const old = message.querySelector(".receipts");
    const line = element(frame.html);
    const focused = old?.contains(document.activeElement);
    if (old && line) old.replaceWith(line);
    else if (old) old.remove();
    else if (line) message.querySelector(".said").append(line);
    if (line) added(line);
    offerConfirming(message);
    if (focused) line?.querySelector("a").focus();
    renewSoon(frame.seq);
  });

  /** The panel that lists who has read it, if it is open beside. */
  function renewSoon(seq) {
    if (renewing || !document.querySelector(`[data-drawer] [data-receipts-of="${seq}"]`)) return;
    renewing = setTimeout(() => {
      renewing = 0;
      renewPanel("receipts");
    }, ANEW);
  }

  on("to_confirm", (frame) => {
    if (frame.group !== group) return;
    policy = frame.policy;
    takeDefault(frame.request);
    toConfirm = new Set(frame.seqs);
    for (const message of asking()) offerConfirming(message);
  });
  on("receipt_default", (frame) => {
    if (frame.group === group) takeDefault(frame.request);
  });
  /** What new messages ask from now on; what somebody has chosen for the next one stays. */
  function takeDefault(request) {
    const box = document.querySelector("#composer-receipt");
    if (!box || box.dataset.default === request) return;
    box.dataset.default = request;
    box.checked = request === "wanted";
  }
  on("confirmed", (frame) => {
    if (frame.group === group) confirmed(frame.seq);
  });
  function confirmed(seq) {
    toConfirm.delete(seq);
    const message = log.querySelector(`#m-${seq}`);
    if (message) offerConfirming(message);
  }

  log.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-confirm-reading]");
    if (!form) return;
    event.preventDefault();
    const message = form.closest(".message");
    const answer = await post(form.action, new FormData(form));
    if (!answer.ok) return toast(answer.problem, "bad", "warn");
    message.querySelector(".receipt-line").focus();
    confirmed(seqOf(message));
  });

  // New ones at the end, older ones at the top; what was drawn anew stands where it stood.
  log.addEventListener("moot:added", ({ target }) => { if (target.matches(".message")) offerConfirming(target); });
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node.nodeType === Node.ELEMENT_NODE && node.matches(".message[data-seq]")) arrived(node);
    }
  }).observe(log, { childList: true });
  for (const message of asking()) if (!isMine(message)) observer.observe(message);
  onOpen(showAll);
  on("resync", showAll);
  /** Says all that was said before, and asks how all stands. */
  function showAll() {
    const shown = asking().map(seqOf).filter(Boolean);
    if (shown.length) say("show_receipts", shown);
    else send({ type: "show_receipts", group, seqs: [] });
    if (seen.size) say("seen", [...seen]);
  }
}
