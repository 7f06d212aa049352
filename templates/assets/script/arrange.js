// What stands around messages: which are one's own, which go on where the one before stopped, and the lines between
// them: days, and where the unread begin.
import { made } from "./html.js";
import { dayName, midnight } from "./local-time.js";

const TOGETHER = 5 * 60_000;
const LINES = ".day, .unread-line";

/** A message, or a line on what changed about the group. */
const ENTRY = ":is(.message, .event)";

/** Messages, also those on their way, and what changed about the group, in their order. */
export function linesOf(log) {
  return [...log.querySelectorAll(`:scope > ${ENTRY}`)];
}

export function arrange(log) {
  const me = document.body.dataset.me;
  let previous = null;
  for (const message of linesOf(log)) {
    const { author, at } = message.dataset;
    const isNewDay = !previous || midnight(Number(previous.dataset.at)) !== midnight(Number(at));
    const isUnread = beginsUnread(log, previous, message, me);
    const lines = [];
    if (isNewDay) lines.push(["day", dayName(Number(at))]);
    if (isUnread) lines.push(["unread-line", log.dataset.unreadLine]);
    draw(message, lines);
    const goesOn = !lines.length && previous?.dataset.author === author && Number(at) - Number(previous.dataset.at) < TOGETHER
      && !message.querySelector(".by .via, .by .chip, .answered");
    message.classList.toggle("own", author === me);
    message.classList.toggle("follows", goesOn);
    previous = message;
  }
}

/** Takes a message off the page, with the lines above it. */
export function take(message) {
  draw(message, []);
  message.remove();
}

/** Everything after this number is shown as unread; nothing for `null`. */
export function setUnread(log, after) {
  if (after === null) delete log.dataset.unreadAfter;
  else log.dataset.unreadAfter = after;
  arrange(log);
}

/** Whether this is the first unread message. What is not on the page counts, too. */
function beginsUnread(log, previous, message, me) {
  const after = Number(log.dataset.unreadAfter ?? Infinity);
  // What changed about the group is nobody's unread.
  const isUnread = (one) => Number(one.dataset.seq) > after && one.dataset.author !== me && one.matches(".message");
  if (!isUnread(message)) return false;
  if (!previous) return Number(message.dataset.seq) === after + 1;
  for (let other = previous; other; other = previousMessage(other)) {
    if (isUnread(other)) return false;
    if (Number(other.dataset.seq) <= after) return true;
  }
  return false;
}

function previousMessage(message) {
  let other = message.previousElementSibling;
  while (other && !other.matches(ENTRY)) other = other.previousElementSibling;
  return other;
}

function draw(message, wanted) {
  const there = [];
  for (let line = message.previousElementSibling; line?.matches(LINES); line = line.previousElementSibling) there.unshift(line);
  const isSame = there.length === wanted.length
    && there.every((line, n) => line.className === wanted[n][0] && line.textContent === wanted[n][1]);
  if (isSame) return;
  for (const line of there) line.remove();
  message.before(...wanted.map(([kind, words]) => made("div", kind, words)));
}
