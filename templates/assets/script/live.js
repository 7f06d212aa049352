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
  socket.onopen = () => {
    tries = 0;
    heard = Date.now();
    clearTimeout(warning);
    warning = 0;
    banner.hidden = true;
    for (const opener of openers) opener();
  };
  socket.onmessage = ({ data }) => {
    heard = Date.now();
    const frame = JSON.parse(data);
    for (const handler of handlers.get(frame.type) ?? []) handler(frame);
  };
  socket.onclose = lost;
}

function lost() {
  socket = null;
  // A short gap is nobody's business; it is repaired without a word.
  if (!warning) warning = setTimeout(() => { banner.hidden = false; }, 3000);
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

addEventListener("online", probe);
addEventListener("offline", () => { if (isOpen()) drop(); });
addEventListener("pageshow", (event) => { if (event.persisted) probe(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) probe(); });
setInterval(() => send({ type: "ping" }), 25_000);
setInterval(() => { if (isOpen() && Date.now() - heard > 60_000) drop(); }, 10_000);
if ("live" in document.body.dataset) connect();
