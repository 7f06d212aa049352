// A form that gathers people before it is sent: each that is chosen from the list or typed as an address becomes an entry,
// and a list of addresses that is pasted becomes one entry each.
import { entriesOf } from "./entries.js";
import { element, icon } from "./html.js";

export function attach(form) {
  const list = form.querySelector("[data-chosen]");
  const input = form.querySelector('[role="combobox"]');

  function put(name, value, words) {
    const same = [...list.querySelectorAll("input")].some((other) => other.name === name && other.value === value);
    if (same) return;
    const entry = element(`<li class="chip"><bdi></bdi><input type="hidden"><button type="button" class="button bare square"></button></li>`);
    entry.querySelector("bdi").textContent = words;
    Object.assign(entry.querySelector("input"), { name, value });
    const button = entry.querySelector("button");
    button.setAttribute("aria-label", `${list.dataset.remove}: ${words}`);
    button.append(icon("close"));
    button.addEventListener("click", () => {
      entry.remove();
      list.hidden = !list.childElementCount;
      input.focus();
    });
    list.append(entry);
    list.hidden = false;
  }

  form.addEventListener("moot:chosen", ({ detail: { person, name } }) => {
    if (person) put("person", person, name);
    else put("who", name, name);
    input.value = "";
  });
  input.addEventListener("paste", (event) => {
    const entries = entriesOf(event.clipboardData.getData("text"));
    if (entries.length < 2) return;
    event.preventDefault();
    for (const entry of entries) put("who", entry, entry);
  }, { capture: true });
  input.addEventListener("keydown", ({ key }) => {
    if (key === "Backspace" && !input.value) list.lastElementChild?.querySelector("button").click();
  });
}
