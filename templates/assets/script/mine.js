// One's own presence: tells the server whether somebody looks at this page, shows in the menu how the others see one, and
// sends what one says of oneself without leaving the page.
import { isActive, onActivity } from "./activity.js";
import { post } from "./html.js";
import { on, onOpen, send } from "./live.js";
import { show } from "./presence.js";
import { toast } from "./toast.js";

const DAY = 86_400_000;

export function attach(menu) {
  const form = menu.querySelector("[data-status]");
  const problem = form.querySelector("[data-problem]");
  const clock = form.querySelector("[data-clock]");
  const { lasts, note, until } = form.elements;
  const texts = menu.querySelector("[data-own]");
  let touched = false;

  const tell = () => send({ type: "here", looks: isActive() });
  onOpen(tell);
  onActivity(tell);

  on("own_presence", (mine) => {
    for (const element of menu.querySelectorAll("[data-mine-shown], [data-presence]")) show(element, mine, texts);
    // What is being changed here is not taken away.
    if (!touched) fill(mine);
  });

  function fill(mine) {
    form.elements.choice.value = mine.choice;
    note.value = mine.note ?? "";
    until.value = mine.until ?? 0;
    offerUntil(mine.until);
  }

  /** The end that is set can be kept: as a choice of its own, and on the clock. */
  function offerUntil(end) {
    let option = lasts.querySelector("[value=until]");
    if (!end) {
      option?.remove();
      lasts.value = "";
      clock.value = "";
      return;
    }
    if (!option) lasts.append(option = new Option("", "until"));
    const time = new Date(end);
    clock.value = `${String(time.getHours()).padStart(2, "0")}:${String(time.getMinutes()).padStart(2, "0")}`;
    option.textContent = `${texts.dataset.until} ${clock.value}`;
    lasts.value = "until";
  }

  form.addEventListener("input", () => {
    touched = true;
    problem.hidden = true;
  });
  clock.addEventListener("input", () => {
    if (!clock.value) return;
    const [hours, minutes] = clock.value.split(":");
    const end = new Date().setHours(hours, minutes, 0, 0);
    // A time that has passed today is that of tomorrow.
    until.value = end > Date.now() ? end : end + DAY;
    offerUntil(Number(until.value));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await post(form.action, new URLSearchParams(new FormData(form)));
    problem.textContent = answer.problem ?? "";
    problem.hidden = answer.ok;
    if (!answer.ok) return;
    touched = false;
    menu.open = false;
    toast(form.dataset.saved, "good", "check");
  });
  if (Number(until.value)) offerUntil(Number(until.value));
}
