// A message is read when it really was in sight: its page visible, in focus, and somebody before it.
import { isActive, onActivity } from "./activity.js";
import { onOpen, send } from "./live.js";

/** Whether somebody can be reading this page just now. */
export const looking = () => document.visibilityState === "visible" && document.hasFocus() && isActive();

export function watchReading(talk, scroller, history) {
  let read = Number(talk.dataset.read);
  let sent = read;
  let timer = 0;
  const unread = new Set();
  const inSight = new Set();

  // Far below the first unread message nothing proves that those between were seen; at the newest, somebody chose to
  // pass them over.
  const goesOn = () => history.isNewest() || history.first() <= read + 1;
  const check = () => {
    if (!looking() || !goesOn()) return;
    for (const message of inSight) read = Math.max(read, Number(message.dataset.seq));
    for (const seq of unread) if (seq <= read) unread.delete(seq);
    clearTimeout(timer);
    timer = setTimeout(tell, 300);
  };
  const tell = () => {
    if (read <= sent) return;
    sent = read;
    send({ type: "read", group: talk.dataset.talk, seq: read });
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inSight.add(target);
      else inSight.delete(target);
    }
    check();
  }, { root: scroller, threshold: 0.3 });
  // What was seen before the socket stood, or said into one that was dying, is said again.
  onOpen(() => {
    sent = Number(talk.dataset.read);
    tell();
  });
  addEventListener("focus", check);
  onActivity(check);
  document.addEventListener("visibilitychange", check);

  function count(message) {
    const seq = Number(message.dataset.seq);
    const isSaid = message.matches(".message");
    if (isSaid && seq > read && message.dataset.author !== document.body.dataset.me) unread.add(seq);
  }

  return {
    /** Nobody looks, and everything up to here was read. */
    isAway: () => !looking() && unread.size === 0,
    /** A message that is not on the page. */
    count,
    watch(message) {
      if (!message.dataset.seq) return;
      count(message);
      observer.observe(message);
    },
  };
}
