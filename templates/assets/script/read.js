// A message is read when it really was in sight: its page visible and in focus. Also counts the unread in the title.
import { onOpen, send } from "./live.js";

export function watchReading(talk, scroller) {
  const title = document.title;
  let read = Number(talk.dataset.read);
  let sent = read;
  let timer = 0;
  const unread = new Set();
  const inSight = new Set();

  const looking = () => document.visibilityState === "visible" && document.hasFocus();
  const showCount = () => {
    document.title = unread.size ? `(${unread.size}) ${title}` : title;
  };
  const check = () => {
    if (!looking()) return;
    for (const message of inSight) {
      read = Math.max(read, Number(message.dataset.seq));
      unread.delete(message);
    }
    for (const message of unread) if (Number(message.dataset.seq) <= read) unread.delete(message);
    showCount();
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
  document.addEventListener("visibilitychange", check);

  return {
    watch(message) {
      const seq = Number(message.dataset.seq);
      if (!seq) return;
      if (seq > read && message.dataset.author !== document.body.dataset.me) unread.add(message);
      showCount();
      observer.observe(message);
    },
  };
}
