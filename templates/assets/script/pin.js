// Pinning a message, so that everybody finds it again.
import { showChange } from "./changes.js";
import { post } from "./html.js";
import { toast } from "./toast.js";

export async function act(what, message, { talk }) {
  const answer = await post(`${message.querySelector(".when").pathname}/pin`, new URLSearchParams({ on: what === "pin" }));
  if (answer.ok) showChange(talk.querySelector("[data-log]"), answer);
  else toast(answer.problem, "bad", "warn");
}
