// Markup from the server, and small words about it.

/** The first element of a piece of markup. */
export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

/** All elements of a piece of markup. */
export function elements(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

/** Tells the behaviours that something new is on the page. */
export function added(node) {
  node.dispatchEvent(new CustomEvent("moot:added", { bubbles: true }));
}

/** Tells the drawer that what a panel shows has changed. */
export function renewPanel(name) {
  document.dispatchEvent(new CustomEvent("moot:panel", { detail: { name } }));
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** An element with a class and a text. */
export function made(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A random id; randomUUID is missing on plain http. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Posts a form's data and gives the server's JSON; `{ problem }` if the server can't be reached. */
export async function post(url, body) {
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("moot:signed-out"));
    const json = await answer.json().catch(() => ({ problem: document.body.dataset.failed }));
    return { ok: answer.ok, status: answer.status, ...json };
  } catch {
    return { ok: false, status: 0, problem: document.body.dataset.failed };
  }
}
