// Writing a message: Enter sends, the message is drawn at once under its own id, what could not be sent can be sent again.
import { element, made, newId, post } from "./html.js";
import { uploads } from "./upload.js";

export function attach(form) {
  const text = form.querySelector("[data-text]");
  const problem = form.querySelector("[data-problem]");
  const talk = form.closest("[data-talk]");
  const files = uploads(form, talk, (words) => { problem.textContent = words; });
  const remembered = `unsent:${form.action}`;

  text.value = text.value || sessionStorage.getItem(remembered) || "";
  const grow = () => {
    if (CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  };
  text.addEventListener("input", () => {
    sessionStorage.setItem(remembered, text.value);
    problem.textContent = "";
    grow();
  });
  text.addEventListener("keydown", (event) => {
    // While an input method is composing, Enter chooses a word.
    const composing = event.isComposing || event.keyCode === 229;
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || composing || touch) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!text.value.trim() && files.isEmpty()) return;
    if (files.areBusy()) {
      problem.textContent = form.dataset.sending;
      await files.done();
    }
    const message = { id: newId(), markdown: text.value, files: files.take() };
    text.value = "";
    problem.textContent = "";
    sessionStorage.removeItem(remembered);
    grow();
    text.focus();
    deliver(form, talk, message);
  });
  grow();
  if (!matchMedia("(pointer: coarse)").matches) text.focus({ preventScroll: true });
}

async function deliver(form, talk, message) {
  const drawn = draw(form, message);
  talk.querySelector("[data-log]").append(drawn);
  talk.dispatchEvent(new CustomEvent("moot:drawn"));
  const body = new FormData();
  body.set("client_id", message.id);
  body.set("markdown", message.markdown);
  for (const file of message.files) body.append("file", file.id);
  const answer = await post(form.action, body);
  if (answer.ok) talk.dispatchEvent(new CustomEvent("moot:posted", { detail: answer }));
  else if (drawn.isConnected) fail(form, talk, message, drawn, answer.problem);
}

/** The message as it will look, until the server's own copy replaces it. */
function draw(form, message) {
  const { myName, myLetters, myHue } = form.dataset;
  const drawn = element('<article class="message own waiting"><span aria-hidden="true"></span><div class="said"><div class="by"></div><div class="prose"><p></p></div></div></article>');
  Object.assign(drawn.dataset, { client: message.id, author: document.body.dataset.me, at: Date.now() });
  const face = drawn.firstElementChild;
  face.className = `avatar ${myHue}`;
  face.textContent = myLetters;
  drawn.querySelector(".by").append(made("span", "author", myName));
  drawn.querySelector("p").textContent = message.markdown || message.files.map((file) => file.name).join(", ");
  return drawn;
}

function fail(form, talk, message, drawn, problem) {
  drawn.classList.add("failed");
  const again = made("button", "button slim", form.dataset.retry);
  again.type = "button";
  again.addEventListener("click", () => {
    drawn.remove();
    // The same id: if the first try did arrive after all, the server stores it once.
    deliver(form, talk, message);
  });
  const fate = made("p", "row", "");
  fate.setAttribute("role", "alert");
  fate.append(made("span", "wrong", problem ?? document.body.dataset.failed), again);
  drawn.querySelector(".said").append(fate);
}
