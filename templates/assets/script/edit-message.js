// Editing a message in its place: its form comes from the message's own page. What was typed stays until it is saved or
// given up, whatever becomes of the message meanwhile.
import { showChange } from "./changes.js";
import { added, element, made, post } from "./html.js";
import { toast } from "./toast.js";

export async function act(_, message, { talk, template }) {
  if (message.querySelector("[data-editing]")) return;
  const form = await fetchForm(message);
  if (!form) return toast(form === null ? template.dataset.gone : document.body.dataset.failed, "warn", "warn");
  if (message.querySelector("[data-editing]")) return;
  const text = form.elements.markdown;
  const problem = made("p", "wrong");
  problem.setAttribute("role", "alert");
  const cancel = made("button", "button slim", document.body.dataset.cancel);
  cancel.type = "button";
  form.dataset.editing = "";
  form.dataset.keep = "";
  form.querySelector(".row").append(cancel, made("span", "quiet small for-wide", template.dataset.editHint));
  form.append(problem);

  const close = () => {
    message.classList.remove("editing");
    form.remove();
    message.focus({ preventScroll: true });
  };
  cancel.addEventListener("click", close);
  text.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const saves = event.key === "Enter" && !event.shiftKey && !matchMedia("(pointer: coarse)").matches;
    if (!saves && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (saves) form.requestSubmit();
    else close();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const answer = await post(form.action, new URLSearchParams(new FormData(form)));
    if (!form.isConnected) return;
    if (answer.ok) {
      close();
      return showChange(talk.querySelector("[data-log]"), answer);
    }
    problem.textContent = answer.problem;
    if (answer.status === 409) await compare(message, form);
  });

  message.classList.add("editing");
  message.append(form);
  added(form);
  form.scrollIntoView({ block: "nearest" });
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

/** Shows the newer text above the form. Saved again, what is typed replaces it. */
async function compare(message, form) {
  message.classList.remove("editing");
  const fresh = await fetchForm(message);
  if (fresh) form.elements.edits.value = fresh.elements.edits.value;
}

/** The form of a message; `null` if it can't be edited, `undefined` if there is no answer. */
async function fetchForm(message) {
  const answer = await fetch(message.querySelector(".when").href, { headers: { "X-Part": "panel" } }).catch(() => undefined);
  if (!answer?.ok) return undefined;
  const form = element(`<div>${await answer.text()}</div>`).querySelector("form[data-edit]");
  form?.removeAttribute("data-panel");
  return form;
}
