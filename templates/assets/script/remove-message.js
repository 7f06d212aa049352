// Removing a message, after the question whether this is meant.
import { showChange } from "./changes.js";
import { post } from "./html.js";
import { toast } from "./toast.js";

export function act(_, message, { talk }) {
  const ask = talk.querySelector("dialog.ask");
  ask.returnValue = "";
  ask.addEventListener("close", async () => {
    message.focus({ preventScroll: true });
    if (ask.returnValue !== "remove") return;
    const answer = await post(`${message.querySelector(".when").pathname}/remove`, new URLSearchParams());
    if (answer.ok) showChange(talk.querySelector("[data-log]"), answer);
    else toast(answer.problem, "bad", "warn");
  }, { once: true });
  ask.showModal();
}
