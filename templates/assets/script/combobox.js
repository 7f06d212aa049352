// Choosing a person while typing: the combobox pattern of the ARIA practices, the options rendered by the server.
export function attach(box) {
  const input = box.querySelector('[role="combobox"]');
  const chosen = box.querySelector('input[name="person"]');
  const list = box.querySelector('[role="listbox"]');
  let active = null;
  let asked = 0;
  let timer = 0;

  const options = () => [...list.querySelectorAll('[role="option"]')];
  const close = () => {
    list.replaceChildren();
    select(null);
    input.setAttribute("aria-expanded", "false");
  };
  const select = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) input.setAttribute("aria-activedescendant", active.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const choose = (option) => {
    input.value = option.dataset.name;
    chosen.value = option.dataset.person;
    close();
    input.form.requestSubmit();
  };
  const ask = async () => {
    const words = input.value.trim();
    const turn = ++asked;
    if (!words) return close();
    const answer = await fetch(`${box.dataset.combobox}?q=${encodeURIComponent(words)}`).catch(() => null);
    if (!answer?.ok || turn !== asked) return;
    list.innerHTML = await answer.text();
    active = null;
    input.setAttribute("aria-expanded", String(options().length > 0));
    select(options()[0] ?? null);
  };
  const step = (by) => {
    const all = options();
    if (!all.length) return ask();
    select(all[(all.indexOf(active) + by + all.length) % all.length]);
  };
  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Escape: close,
    Enter: () => (active ? choose(active) : input.form.requestSubmit()),
  };

  input.addEventListener("input", () => {
    chosen.value = "";
    // What was found for other words is not meant any more; Enter now means what was typed.
    asked += 1;
    select(null);
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  list.addEventListener("mousedown", (event) => {
    // Before the field loses the focus.
    event.preventDefault();
    const option = event.target.closest('[role="option"]');
    if (option) choose(option);
  });
  input.addEventListener("blur", () => setTimeout(close, 100));
}
