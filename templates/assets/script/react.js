// Choosing an emoji for a message, or taking it back.
import { showChange } from "./changes.js";
import { post } from "./html.js";
import { toast } from "./toast.js";

export async function react(message, talk, emoji, on) {
  const body = new URLSearchParams({ emoji, on });
  const answer = await post(`${message.querySelector(".when").pathname}/react`, body);
  if (!answer.ok) return toast(answer.problem, "bad", "warn");
  // Drawn anew, it would have lost the focus.
  const chip = () => message.querySelector(`.reaction[data-emoji="${CSS.escape(emoji)}"]`);
  const focused = chip()?.contains(document.activeElement);
  showChange(talk.querySelector("[data-log]"), answer);
  if (focused) (chip() ?? message).focus({ preventScroll: true });
}
