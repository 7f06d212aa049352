// Writing a message: Enter sends; what is typed stays in this tab until it is on its way.
import { answering } from "./answering.js";
import { newId } from "./html.js";
import { completeMentions } from "./mention.js";
import { outbox } from "./outbox.js";
import { uploads } from "./upload.js";

export function attach(form) {
  const text = form.querySelector("[data-text]");
  const problem = form.querySelector("[data-problem]");
  const talk = form.closest("[data-talk]");
  const complain = (words) => { problem.textContent = words; };
  const files = uploads(form, talk, complain);
  const send = outbox(form, talk);
  const mentions = completeMentions(text);
  const answered = answering(form, talk);
  const remembered = `unsent:${document.body.dataset.me}:${form.action}`;

  text.value = text.value || sessionStorage.getItem(remembered) || "";
  const grow = () => {
    if (CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  };
  text.addEventListener("input", () => {
    sessionStorage.setItem(remembered, text.value);
    complain("");
    grow();
  });
  text.addEventListener("keydown", (event) => {
    // While an input method is composing, Enter chooses a word.
    const composing = event.isComposing || event.keyCode === 229;
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.defaultPrevented || event.key !== "Enter" || event.shiftKey || composing || touch) return;
    event.preventDefault();
    form.requestSubmit();
  });
  let waits = false;
  let warned = false;
  const warn = () => {
    warned = true;
    complain(form.dataset.uploadLost);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (waits) return;
    if (files.areBusy()) {
      complain(form.dataset.sending);
      waits = true;
      const whole = await files.settled();
      waits = false;
      complain("");
      if (!whole) return warn();
    }
    if (files.areLost() && !warned) return warn();
    if (!text.value.trim() && files.isEmpty()) return;
    const mine = { files: files.take(), mentions: mentions.take(), answers: answered.take() };
    send({ id: newId(), markdown: text.value, ...mine, at: Date.now() });
    warned = false;
    text.value = "";
    complain("");
    sessionStorage.removeItem(remembered);
    grow();
    text.focus();
  });
  grow();
  // Who opens a certain message reads it first.
  if (!matchMedia("(pointer: coarse)").matches && !talk.dataset.at) text.focus({ preventScroll: true });
}
