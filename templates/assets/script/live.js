// The one WebSocket of a page. Whoever wants frames says so with `on`; whoever must say something after each
// (re)connection says so with `onOpen`. Frames may get lost: those who watch ask again for what they miss.
const handlers = new Map();
const openers = [];
const banner = document.querySelector("[data-connection]");
let socket = null;
let tries = 0;
let again = 0;
let heard = 0;
let warning = 0;
let isOut = false;

export function on(type, handler) {
  handlers.set(type, [...(handlers.get(type) ?? []), handler]);
}

export function onOpen(opener) {
  openers.push(opener);
  if (isOpen()) opener();
}

/** Sends a frame if the connection stands; what matters is said again by `onOpen`. */
export function send(frame) {
  if (isOpen()) socket.send(JSON.stringify(frame));
}

function isOpen() {
  return socket?.readyState === WebSocket.OPEN;
}

function connect() {
  clearTimeout(again);
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const url = new URL("/live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  socket = new WebSocket(url);
  let opened = false;
  socket.onopen = () => {
    opened = true;
    tries = 0;
    heard = Date.now();
    clearTimeout(warning);
    warning = 0;
    isOut = false;
    banner.hidden = true;
    for (const opener of openers) opener();
  };
  socket.onmessage = ({ data }) => {
    heard = Date.now();
    const frame = JSON.parse(data);
    for (const handler of handlers.get(frame.type) ?? []) handler(frame);
  };
  socket.onclose = () => {
    lost();
    if (!opened) askWhy();
  };
}

/** A browser does not tell why a socket was refused. */
async function askWhy() {
  const answer = await fetch("/people?q=", { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.status === 401) signedOut();
}

/** What was typed stays on the page; after signing in, in whichever tab, it goes on. */
function signedOut() {
  isOut = true;
  banner.querySelector("a").href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  say("out");
}

function say(state) {
  for (const words of banner.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== state;
  banner.hidden = false;
}

function lost() {
  socket = null;
  // A short gap is nobody's business; it is repaired without a word.
  if (!warning) warning = setTimeout(() => say(isOut ? "out" : "lost"), 3000);
  const longest = Math.min(30_000, 500 * 2 ** tries++);
  again = setTimeout(connect, longest * (0.5 + Math.random() / 2));
}

/** After sleep a socket may look open and be dead: no answer within five seconds means it is. */
function probe() {
  if (!isOpen()) {
    tries = 0;
    connect();
    return;
  }
  const asked = Date.now();
  send({ type: "ping" });
  setTimeout(() => { if (heard < asked && isOpen()) drop(); }, 5000);
}

function drop() {
  socket.onclose = null;
  socket.close();
  lost();
}

on("signed_out", signedOut);
document.addEventListener("moot:signed-out", signedOut);
// Somebody else has signed in by this browser: nothing of this page is theirs.
on("hello", ({ me }) => { if (me !== document.body.dataset.me) location.reload(); });
addEventListener("focus", () => { if (isOut) probe(); });
addEventListener("online", probe);
addEventListener("offline", () => { if (isOpen()) drop(); });
addEventListener("pageshow", (event) => { if (event.persisted) probe(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) probe(); });
setInterval(() => send({ type: "ping" }), 25_000);
setInterval(() => { if (isOpen() && Date.now() - heard > 60_000) drop(); }, 10_000);
if ("live" in document.body.dataset) connect();
