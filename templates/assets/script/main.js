// The one entry of every page: fetches the behaviours the page asks for by its data- attributes.
document.documentElement.classList.add("scripted");

const behaviours = {
  "time[data-time]": "./local-time.js",
  "[data-theme-switch]": "./theme.js",
  "[data-copy]": "./copy.js",
  "[data-closes]": "./closes.js",
  "[data-groups]": "./groups.js",
  "[data-drafts]": "./drafts.js",
  "[data-mine]": "./mine.js",
  "[data-talk]": "./timeline.js",
  "[data-around]": "./around.js",
  "[data-log]": "./mentioned.js",
  "[data-drawer]": "./drawer.js",
  "[data-choosing]": "./choosing.js",
  "[data-of-group]": "./of-group.js",
  "[data-composer]": "./composer.js",
  "[data-draft]": "./draft.js",
  "[data-combobox]": "./combobox.js",
  "[data-mail-drop]": "./mail-drop.js",
  "[data-refresh-list]": "./desk.js",
  ".prose pre, .prose table, .hidden-part pre, [data-scrolls]": "./scrolls.js",
};

/** Attaches the behaviours named below `root`, once for each element. */
export async function attach(root = document) {
  for (const [selector, file] of Object.entries(behaviours)) {
    const found = [...root.querySelectorAll(selector)].filter((element) => !element.attached?.has(file));
    if (!found.length) continue;
    const module = await import(file);
    for (const element of found) {
      element.attached = (element.attached ?? new Set()).add(file);
      module.attach(element);
    }
  }
}

document.addEventListener("moot:added", (event) => attach(event.target));
attach();
