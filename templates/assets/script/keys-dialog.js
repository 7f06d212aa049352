// The page of keys, shown over the page one is on.
import { icon, added } from "./html.js";

let dialog = null;

export async function show() {
  dialog ??= await make();
  if (dialog && !dialog.open) dialog.showModal();
}

async function make() {
  const answer = await fetch("/keys", { headers: { "X-Part": "panel" } }).catch(() => null);
  if (!answer?.ok) return null;
  const made = document.createElement("dialog");
  made.className = "keys-dialog";
  made.innerHTML = await answer.text();
  made.setAttribute("aria-labelledby", made.querySelector("h2").id);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button bare square";
  button.setAttribute("aria-label", made.querySelector("[data-close]").dataset.close);
  button.append(icon("close"));
  button.addEventListener("click", () => made.close());
  made.querySelector(".panel-head").append(button);
  // A press beside it closes it, too.
  made.addEventListener("click", (event) => { if (event.target === made) made.close(); });
  document.body.append(made);
  added(made);
  return made;
}
