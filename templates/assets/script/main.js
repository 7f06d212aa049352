// The one entry of every page: fetches the behaviours the page asks for by its data- attributes.
document.documentElement.classList.add("scripted");

const behaviours = {
  "time[data-time]": "./local-time.js",
  "[data-copy]": "./copy.js",
  "[data-closes]": "./closes.js",
  "[data-groups]": "./groups.js",
  ".side-list": "./badge.js",
  "[data-drafts]": "./drafts.js",
  "[data-mine]": "./mine.js",
  "[data-talk]": "./timeline.js",
  "[data-around]": "./around.js",
  "[data-log]": "./mentioned.js",
  "[data-guests]": "./members.js",
  "[data-collects]": "./collect.js",
  "[data-reactions]": "./reactions.js",
  "[data-marks]": "./marks.js",
  "[data-drawer]": "./drawer.js",
  "[data-live]": "./keys.js",
  "[data-single-keys]": "./single-keys.js",
  ".message .prose": "./fold.js",
  ".prose pre > code": "./code.js",
  "[data-of-group]": "./of-group.js",
  "[data-narrow]": "./narrow.js",
  ".talk[data-talk]": "./sight.js",
  "[data-talk] [data-log]": "./receipts.js",
  "[data-composer]": "./composer.js",
  "[data-search]": "./search.js",
  "[data-marks-page]": "./marks-page.js",
  "[data-search-field]": "./search-field.js",
  "[data-draft]": "./draft.js",
  "[data-share]": "./share.js",
  "[data-wish]": "./wish.js",
  "[data-combobox]": "./combobox.js",
  "[data-mail-drop]": "./mail-drop.js",
  "[data-push]": "./push.js",
  "[data-zone=browser]": "./zone.js",
  "[data-refresh-list]": "./desk.js",
  "[data-exports]": "./exports.js",
  "[data-later]": "./later.js",
  ".prose pre, .prose table, .hidden-part pre, [data-scrolls]": "./scrolls.js",
};

// What most visits never need is fetched when it is first clicked: the link, then where the behaviour takes hold.
const atFirstClick = {
  "[data-theme-switch] button": ["[data-theme-switch]", "./theme.js"],
  "[data-choose-open]": ["[data-choosing]", "./choosing.js"],
};

/** Attaches the behaviours named below `root`, once for each element; they are fetched side by side. */
export async function attach(root = document) {
  // Who tries the pages out sees by this that all has taken hold.
  const page = document.documentElement;
  page.attaching = (page.attaching ?? 0) + 1;
  await attachAll(root).finally(() => { page.attaching -= 1; });
}

async function attachAll(root) {
  const wanted = Object.entries(behaviours)
    .map(([selector, file]) => ({ file, found: [...root.querySelectorAll(selector)] }))
    .filter(({ file, found }) => found.some((element) => !element.attached?.has(file)))
    .map(({ file, found }) => ({ file, found, module: import(file) }));
  for (const { file, found, module } of wanted) take(await module, file, found);
}

function take(module, file, elements) {
  for (const element of elements) {
    if (element.attached?.has(file)) continue;
    element.attached = (element.attached ?? new Set()).add(file);
    module.attach(element);
  }
}

document.addEventListener("click", async (event) => {
  const named = Object.entries(atFirstClick).find(([selector]) => event.target.closest?.(selector));
  if (!named || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const [selector, [target, file]] = named;
  const element = document.querySelector(target);
  if (!element || element.attached?.has(file)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const link = event.target.closest(selector);
  const module = await import(file).catch(() => null);
  if (!module) return link.href && location.assign(link.href);
  take(module, file, [element]);
  link.click();
}, { capture: true });
document.addEventListener("moot:added", (event) => attach(event.target));
attach();
// Only where somebody has switched notices on. Without storage there are none.
try {
  if (localStorage.getItem("moot-push")) import("./push-keep.js");
} catch {}
