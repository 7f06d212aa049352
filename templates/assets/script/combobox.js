// Choosing a person while typing: the combobox pattern of the ARIA practices, the options rendered by the server.
//
// Enter takes the option that is marked. If the list is still on its way, Enter waits for it; an address is taken as it
// was typed, whoever else stands in the list.
import { entriesOf } from "./entries.js";

export function attach(box) {
  const input = box.querySelector('[role="combobox"]');
  const chosen = box.querySelector('input[name="person"]');
  const list = box.querySelector('[role="listbox"]');
  let active = null;
  /** Whether somebody went to the marked option by the arrow keys. */
  let went = false;
  let asked = 0;
  let timer = 0;
  /** Set while the list does not fit what is typed. */
  let late = false;

  const options = () => [...list.querySelectorAll('[role="option"]')];
  const others = () => options().filter((option) => !isIn(option));
  const close = () => {
    asked += 1;
    late = false;
    clearTimeout(timer);
    list.replaceChildren();
    mark(null);
    input.setAttribute("aria-expanded", "false");
  };
  const mark = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) input.setAttribute("aria-activedescendant", active.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const choose = ({ dataset: { person, name, set } }) => {
    close();
    if (set) return look(set);
    // A form that gathers people is sent when all are there.
    if ("collects" in input.form.dataset) return gather(person, name);
    input.value = name;
    chosen.value = person;
    input.form.requestSubmit();
  };
  /** A department or a list: its people are looked at first, with what is chosen beside them. */
  const look = (set) => {
    const url = new URL(box.dataset.sets, location.href);
    for (const [name, value] of [...new URLSearchParams(set), ...new FormData(input.form)]) {
      if (value && ["department", "list", "person", "history"].includes(name)) url.searchParams.append(name, value);
    }
    input.value = "";
    if (box.dispatchEvent(new CustomEvent("moot:set", { bubbles: true, cancelable: true, detail: url.href }))) location.assign(url);
  };
  const gather = (person, name) => box.dispatchEvent(new CustomEvent("moot:chosen", { bubbles: true, detail: { person, name } }));
  const submit = () => {
    close();
    const entries = entriesOf(input.value);
    if ("collects" in input.form.dataset && entries.every(isAddress)) return entries.forEach((one) => gather("", one));
    input.form.requestSubmit();
  };
  const ask = async () => {
    clearTimeout(timer);
    const words = input.value.trim();
    const turn = ++asked;
    if (!words) return close();
    const answer = await fetch(`${box.dataset.combobox}?q=${encodeURIComponent(words)}${"sets" in box.dataset ? "&sets=yes" : ""}`).catch(() => null);
    const html = answer?.ok ? await answer.text() : "";
    if (turn !== asked || document.activeElement !== input) return;
    late = false;
    list.innerHTML = html;
    went = false;
    for (const option of options()) option.classList.toggle("is-in", isIn(option));
    input.setAttribute("aria-expanded", String(options().length > 0));
    // Below the edge of the window nobody would see who was found.
    if (options().length) list.scrollIntoView({ block: "nearest" });
    mark(others()[0] ?? options()[0] ?? null);
  };
  const step = (by) => {
    const all = options();
    if (!all.length) return ask();
    went = true;
    mark(all[(all.indexOf(active) + by + all.length) % all.length]);
  };
  const enter = async () => {
    const words = input.value.trim();
    if (!words) {
      if ("collects" in input.form.dataset) input.form.requestSubmit();
      return;
    }
    if (!went && (isAddress(words) || entriesOf(words).length > 1)) return submit();
    if (!late) return active ? choose(active) : submit();
    await ask();
    // Nobody has seen this list yet: only one that is alone in it can be meant.
    if (!late && input.value.trim() === words && others().length < 2) enter();
  };
  const keys = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Escape: close, Enter: enter };

  input.addEventListener("input", () => {
    if (chosen) chosen.value = "";
    // What was found for other words is not meant any more.
    asked += 1;
    late = true;
    went = false;
    mark(null);
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  // A field of one line would join the lines of a pasted list to one word.
  input.addEventListener("paste", (event) => {
    const lines = entriesOf(event.clipboardData.getData("text"));
    if (event.defaultPrevented || lines.length < 2) return;
    event.preventDefault();
    input.setRangeText(lines.join(", "), input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.form.addEventListener("reset", close);
  list.addEventListener("mousedown", (event) => {
    // Before the field loses the focus.
    event.preventDefault();
    const option = event.target.closest('[role="option"]');
    if (option) choose(option);
  });
  input.addEventListener("blur", () => setTimeout(close, 100));
}

/** Whether somebody stands in the list of members already. */
function isIn({ dataset: { person } }) {
  return Boolean(person && document.querySelector(`.people [data-person="${CSS.escape(person)}"]`));
}

/** `anna@corp.example`, alone or as `Anna Berg <anna@corp.example>`. */
function isAddress(words) {
  return /^[^\s@]+@[^\s@]+$|<[^\s@]+@[^\s@]+>$/.test(words);
}
