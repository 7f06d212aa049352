// The drawer beside the discussion: panels come into it, and what is asked and done in a panel stays in it. Links and forms
// marked data-panel lead there; without script they lead to pages.
import { added, icon } from "./html.js";
import { toast } from "./toast.js";

export function attach(drawer) {
  let opener = null;
  let shown = null;
  let turn = 0;
  let loading = 0;
  /** Something that the panel shows changed while another answer was awaited. */
  let stale = false;

  /** Fetches a panel, or does what a form asks; a refusal is told, and what was typed stays. */
  async function load(url, { focus = false, keeps = false, saves = false, ...request } = {}) {
    const mine = ++turn;
    loading += 1;
    const answer = await fetch(url, { ...request, headers: { "X-Part": "panel" } }).catch(() => null);
    loading -= 1;
    if (mine !== turn) return;
    if (answer?.status === 401) return document.dispatchEvent(new CustomEvent("moot:signed-out"));
    if (answer?.ok) {
      shown = answer.url;
      draw(await answer.text(), { focus, keeps });
      if (saves) toast(drawer.dataset.saved, "good", "check");
    } else {
      const told = await answer?.json().catch(() => null);
      toast(told?.problem ?? document.body.dataset.failed, "bad", "warn");
    }
    if (stale) renew();
  }

  /** The panel anew; never in the place of an answer that somebody waits for. */
  function renew() {
    stale = loading > 0;
    if (!stale && shown) load(shown, { keeps: true });
  }

  function draw(html, { focus, keeps }) {
    const focused = drawer.contains(document.activeElement) ? document.activeElement : null;
    const scrolled = focus ? 0 : drawer.scrollTop;
    const kept = keeps ? [...drawer.querySelectorAll("[data-keeps]")].filter(isTouched) : [];
    const open = keeps ? [...drawer.querySelectorAll("details[open] > summary[id]")].map(({ id }) => id) : [];
    drawer.innerHTML = html;
    // What somebody is typing into stays as it is.
    for (const form of kept) drawer.querySelector(`[data-keeps="${form.dataset.keeps}"]`)?.replaceWith(form);
    for (const id of open) document.getElementById(id)?.closest("details").setAttribute("open", "");
    drawer.querySelector(".panel-head").append(closing());
    drawer.hidden = false;
    drawer.scrollTop = scrolled;
    added(drawer);
    if (focus || focused) heirOf(focus ? null : focused).focus({ preventScroll: true });
  }

  /** Where the keyboard goes on: at what had the focus, or, if that is gone, at the title. */
  function heirOf(focused) {
    if (drawer.contains(focused)) return focused;
    return (focused?.id && drawer.querySelector(`#${CSS.escape(focused.id)}`)) || drawer.querySelector("h2");
  }

  function closing() {
    const button = document.createElement("button");
    button.type = "button";
    button.id = "close-panel";
    button.className = "button bare square";
    button.setAttribute("aria-label", drawer.dataset.close);
    button.append(icon("close"));
    button.addEventListener("click", close);
    return button;
  }

  function close() {
    turn += 1;
    shown = null;
    drawer.hidden = true;
    drawer.replaceChildren();
    opener?.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-panel]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const inside = drawer.contains(link);
    if (!inside && !drawer.hidden && shown === link.href) return close();
    if (!inside) opener = link;
    load(link.href, { focus: true });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-panel]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    if (form.method === "get") return load(`${form.action}?${new URLSearchParams(data)}`);
    const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
    load(form.action, { method: "POST", body, saves: "saves" in form.dataset });
  });
  // Where the drawer covers the discussion, a place in it that was chosen here could not be seen.
  drawer.addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey }) => {
    const leads = target.closest("a[href]")?.hash.startsWith("#m-");
    const stays = !ctrlKey && !metaKey && !shiftKey;
    if (leads && stays && getComputedStyle(drawer).position === "fixed") close();
  });
  drawer.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });
  // What is asked below what one pressed is seen, also at the foot.
  drawer.addEventListener("click", ({ target }) => {
    const asked = target.closest("summary")?.parentElement;
    if (asked && !asked.open) asked.addEventListener("toggle", () => asked.lastElementChild.scrollIntoView({ block: "nearest" }), { once: true });
  });
  // A department or a list whose people are looked at before they are added.
  drawer.addEventListener("moot:set", (event) => {
    event.preventDefault();
    load(event.detail, { focus: true });
  });
  // Something is to be done in the discussion that a panel asked for.
  document.addEventListener("moot:close-panel", close);
  // Something that a panel shows has changed: { name } says which. What somebody looks at or listens to there stays.
  document.addEventListener("moot:panel", ({ detail }) => {
    if (drawer.querySelector("[data-stays]")) return;
    if (drawer.querySelector("[data-panel-name]")?.dataset.panelName === detail.name) renew();
  });
}

/** Whether somebody has begun to fill a form in. */
function isTouched(form) {
  const isChanged = (field) => (field.type === "radio" ? field.checked !== field.defaultChecked : "defaultValue" in field && field.value !== field.defaultValue);
  return form.contains(document.activeElement) || form.querySelector("[data-chosen] li") || [...form.elements].some(isChanged);
}
