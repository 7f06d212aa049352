// The messages of a group: put in by their number, never twice; gaps are asked for again; older ones come while
// scrolling up.
import { watchChanges } from "./changes.js";
import { on, onOpen, send } from "./live.js";
import { added, element, made } from "./html.js";
import { dayName, midnight } from "./local-time.js";
import { watchReading } from "./read.js";

const TOGETHER = 5 * 60_000;

export function attach(talk) {
  const group = talk.dataset.talk;
  const log = talk.querySelector("[data-log]");
  const scroller = talk.querySelector("[data-scroller]");
  const button = talk.querySelector("[data-to-newest]");
  const reading = watchReading(talk, scroller);
  const changes = watchChanges(talk, log, watch);
  /** Everything up to this number is here. */
  let last = Number(talk.dataset.last);

  /** A page of old messages: new ones would stand in the wrong place. */
  const frozen = "frozen" in talk.dataset;

  const messages = () => [...log.querySelectorAll(".message")];
  const atEnd = () => Math.abs(scroller.scrollTop) < 80;

  function insert(html, seq) {
    const message = element(html);
    const mine = message.dataset.client && log.querySelector(`.waiting[data-client="${CSS.escape(message.dataset.client)}"]`);
    if (log.querySelector(`#m-${seq}`)) {
      mine?.remove();
      return;
    }
    const stay = !atEnd() && !mine;
    const before = scroller.scrollHeight;
    mine?.remove();
    const next = messages().find((other) => other.classList.contains("waiting") || Number(other.dataset.seq) > seq);
    log.insertBefore(message, next ?? null);
    arrange(log);
    added(message.parentElement);
    reading.watch(message);
    if (stay) keepPlace(scroller, before);
    if (stay && message.dataset.author !== document.body.dataset.me) button.hidden = false;
  }

  function advance() {
    while (log.querySelector(`#m-${last + 1}`)) last += 1;
  }

  on("message", (frame) => {
    if (frame.group !== group || frozen) return;
    insert(frame.html, frame.seq);
    advance();
    // Numbers have no gaps: one that jumps means that something got lost on the way.
    if (frame.seq > last) watch();
  });
  on("resync", watch);
  onOpen(watch);
  function watch() {
    // A page of old messages wants no new ones, but hears what becomes of its own.
    send({ type: "watch", group, after: frozen ? null : last, changed: changes.known() });
  }

  talk.addEventListener("moot:posted", ({ detail }) => {
    insert(detail.html, detail.seq);
    advance();
    if (detail.seq > last) watch();
  });
  talk.addEventListener("moot:drawn", () => {
    arrange(log);
    scroller.scrollTop = 0;
  });
  button.addEventListener("click", () => {
    scroller.scrollTo({ top: 0 });
    button.hidden = true;
  });
  scroller.addEventListener("scroll", () => { if (atEnd()) button.hidden = true; }, { passive: true });

  arrange(log);
  drawUnreadLine(talk, log, messages());
  for (const message of messages()) reading.watch(message);
  loadOlder(talk, log, scroller, changes);
}

/** Browsers without scroll anchoring would move the text under the reader. */
function keepPlace(scroller, before) {
  if (CSS.supports("overflow-anchor", "auto")) return;
  scroller.scrollTop -= scroller.scrollHeight - before;
}

/** Marks own messages, those that go on, and the days. */
export function arrange(log) {
  let previous = null;
  for (const message of log.querySelectorAll(".message")) {
    const { author, at } = message.dataset;
    message.classList.toggle("own", author === document.body.dataset.me);
    const newDay = !previous || midnight(Number(previous.dataset.at)) !== midnight(Number(at));
    const mark = message.previousElementSibling?.matches(".unread-line") ? message.previousElementSibling : null;
    const line = (mark ?? message).previousElementSibling;
    if (newDay && !line?.matches(".day")) (mark ?? message).before(made("div", "day", dayName(Number(at))));
    if (!newDay && line?.matches(".day")) line.remove();
    const goesOn = !newDay && !mark && previous.dataset.author === author && Number(at) - Number(previous.dataset.at) < TOGETHER
      && !message.querySelector(".by .via, .by .chip");
    message.classList.toggle("follows", goesOn);
    previous = message;
  }
}

function drawUnreadLine(talk, log, messages) {
  const read = Number(talk.dataset.read);
  const first = messages.find((m) => Number(m.dataset.seq) > read && m.dataset.author !== document.body.dataset.me);
  if (!first || read === 0) return;
  first.before(made("div", "unread-line", log.dataset.unreadLine));
  arrange(log);
  first.previousElementSibling.scrollIntoView({ block: "center" });
}

function loadOlder(talk, log, scroller, changes) {
  let loading = false;
  const observer = new IntersectionObserver(async ([entry]) => {
    const link = talk.querySelector("[data-older]");
    if (!entry.isIntersecting || loading || !link) return;
    loading = true;
    const put = changes.loads();
    const url = `/groups/${talk.dataset.talk}/messages?before=${link.dataset.older}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) {
      const { html, older } = await answer.json();
      const before = scroller.scrollHeight;
      // History is no news: it is not read out.
      log.setAttribute("aria-live", "off");
      const template = document.createElement("template");
      template.innerHTML = html;
      log.prepend(template.content);
      arrange(log);
      added(log);
      put();
      if (scroller.scrollTop !== 0) keepPlace(scroller, before);
      requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
      if (older) link.dataset.older = older;
      else link.parentElement.remove();
    }
    loading = false;
    observer.unobserve(link);
    if (link.isConnected) setTimeout(() => observer.observe(link), answer?.ok ? 50 : 3000);
  }, { root: scroller, rootMargin: "600px 0px 0px" });
  const link = talk.querySelector("[data-older]");
  if (link) observer.observe(link);
}
