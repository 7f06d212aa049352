// Small things about the box in which the messages scroll. It is turned round (style/talk.css): its end is at 0.

export function isAtEnd(scroller) {
  return Math.abs(scroller.scrollTop) < 80;
}

/** Changes what is in the box, and leaves in its place what somebody reads there. */
export function hold(scroller, change) {
  const top = scroller.getBoundingClientRect().top;
  const read = [...scroller.querySelectorAll(".message")].find((message) => message.getBoundingClientRect().bottom > top);
  const before = read?.getBoundingClientRect().top;
  // The browser's own way would do it a second time; some do not have it.
  scroller.style.overflowAnchor = "none";
  change();
  if (read?.isConnected) scroller.scrollTop += read.getBoundingClientRect().top - before;
  requestAnimationFrame(() => { scroller.style.overflowAnchor = ""; });
}

/** Marks one message among all, and brings the eyes, the keyboard and the screen reader to it. */
export function reveal(message, scroller) {
  for (const other of scroller.querySelectorAll(".message.marked")) other.classList.remove("marked");
  message.classList.add("marked");
  message.tabIndex = -1;
  message.focus({ preventScroll: true });
  const isTall = message.offsetHeight > scroller.clientHeight * 0.8;
  message.scrollIntoView({ block: isTall ? "start" : "center" });
}
