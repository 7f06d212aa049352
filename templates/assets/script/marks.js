// Marked passages, drawn into the messages with the colour of their tag (CSS Custom Highlight API): the markup of a
// message stays as it is.
const COLOURS = ["red", "orange", "yellow", "green", "teal", "blue", "violet", "grey"];
/** What belongs to the page and not to the message. */
const NOT_SAID = ".code-head";
/** The ranges drawn for a message. */
const drawn = new WeakMap();

export function attach(list) {
  style(list);
  const message = list.closest(".message");
  const prose = message?.querySelector(":scope > .said > .prose");
  if (!prose || !window.Highlight) return;
  // Other behaviours may still put their parts into the text.
  requestAnimationFrame(() => draw(list, message, prose));
}

/** The styles come with the first marks. */
export function style() {
  const base = document.querySelector("link[href*='/style/']").href.replace(/style\/.*$/, "style/");
  for (const href of [`${base}colours.css`, `${base}marks.css`]) {
    if ([...document.styleSheets].some((sheet) => sheet.href === href) || document.querySelector(`head link[href="${href}"]`)) continue;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  }
}

function draw(list, message, prose) {
  for (const [name, range] of drawn.get(message) ?? []) CSS.highlights.get(name)?.delete(range);
  const ranges = [];
  for (const chip of list.querySelectorAll("[data-start]")) {
    const range = rangeOf(prose, Number(chip.dataset.start), Number(chip.dataset.length));
    const colour = COLOURS.find((colour) => chip.classList.contains(`tag-${colour}`));
    if (!range || !colour) continue;
    put(`tag-${colour}`, range);
    ranges.push([`tag-${colour}`, range]);
    for (const [type, act] of [["pointerenter", "add"], ["focus", "add"], ["pointerleave", "delete"], ["blur", "delete"]]) {
      chip.addEventListener(type, () => (act === "add" ? put("mark-chosen", range) : CSS.highlights.get("mark-chosen")?.delete(range)));
    }
  }
  drawn.set(message, ranges);
}

function put(name, range) {
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  CSS.highlights.get(name).add(range);
}

/** The texts of a message in their order. */
function texts(prose) {
  const walker = document.createTreeWalker(prose, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(NOT_SAID) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

/** The range of a stretch, counted in characters as the server counts them (Unicode code points). */
function rangeOf(prose, start, length) {
  const range = document.createRange();
  let at = 0;
  let begun = false;
  for (const node of texts(prose)) {
    const chars = [...node.data];
    const place = (n) => chars.slice(0, n - at).join("").length;
    if (!begun && start < at + chars.length) {
      range.setStart(node, place(start));
      begun = true;
    }
    if (begun && start + length <= at + chars.length) {
      range.setEnd(node, place(start + length));
      return range;
    }
    at += chars.length;
  }
  return null;
}

/** What somebody has chosen of a message's text, and where it begins; null for nothing. */
export function chosenIn(message) {
  const selection = getSelection();
  const prose = message.querySelector(":scope > .said > .prose");
  if (!prose || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(prose)) return null;
  let at = 0;
  let start = null;
  let quote = "";
  for (const node of texts(prose)) {
    if (range.intersectsNode(node)) {
      const from = node === range.startContainer ? range.startOffset : 0;
      const to = node === range.endContainer ? range.endOffset : node.data.length;
      if (to > from) {
        start ??= at + [...node.data.slice(0, from)].length;
        quote += node.data.slice(from, to);
      }
    }
    at += [...node.data].length;
  }
  return quote.trim() ? { quote, start } : null;
}
