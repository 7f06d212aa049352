// Messages on their way: one after the other, in their order; kept in this tab until the server has them, and sent again
// by themselves when the connection is back. Each goes under one id, so that it is stored once however often it is sent.
import { lineOf } from "./answering.js";
import { element, made, post } from "./html.js";
import { onOpen } from "./live.js";
import { toast } from "./toast.js";

/** After so many tries in vain somebody may want to press a button. */
const PATIENT = 3;
const LONGEST = 30_000;

export function outbox(form, talk) {
  const log = talk.querySelector("[data-log]");
  const remembered = `outbox:${document.body.dataset.me}:${form.action}`;
  let waiting = [];
  let running = false;
  let again = 0;

  const remember = () => {
    const kept = waiting.map(({ drawn, tries, refused, ...message }) => message);
    if (kept.length) sessionStorage.setItem(remembered, JSON.stringify(kept));
    else sessionStorage.removeItem(remembered);
  };
  const forget = (message) => {
    waiting = waiting.filter((other) => other !== message);
    remember();
  };
  const enter = (message) => {
    message.drawn = draw(form, message);
    message.tries = 0;
    waiting.push(message);
    log.append(message.drawn);
    talk.dispatchEvent(new CustomEvent("moot:drawn"));
  };

  async function run() {
    if (running) return;
    running = true;
    clearTimeout(again);
    for (;;) {
      const next = waiting.find((message) => !message.refused);
      if (!next || !(await deliver(next))) break;
    }
    running = false;
  }

  /** Whether the next one may go. */
  async function deliver(message) {
    // The server's own copy came while this one had no answer.
    if (!message.drawn.isConnected) {
      forget(message);
      return true;
    }
    const answer = await post(form.action, bodyOf(message));
    if (answer.ok) {
      forget(message);
      talk.dispatchEvent(new CustomEvent("moot:posted", { detail: answer }));
      if (answer.notice) toast(answer.notice, "warn", "warn");
      return true;
    }
    message.tries += 1;
    message.refused = isFinal(answer.status);
    tell(message, message.refused ? answer.problem : form.dataset.waits);
    if (message.refused) return true;
    again = setTimeout(run, Math.min(LONGEST, 1000 * 2 ** message.tries));
    return false;
  }

  function tell(message, words) {
    const { drawn, refused } = message;
    drawn.classList.toggle("failed", refused);
    drawn.querySelector(".fate")?.remove();
    const fate = made("p", "row fate");
    fate.setAttribute("role", refused ? "alert" : "status");
    fate.append(made("span", refused ? "wrong" : "small quiet", words ?? document.body.dataset.failed));
    if (refused || message.tries >= PATIENT) {
      const button = made("button", "button slim", form.dataset.retry);
      button.type = "button";
      button.addEventListener("click", () => {
        message.refused = false;
        run();
      });
      fate.append(button);
    }
    drawn.querySelector(".said").append(fate);
  }

  for (const message of JSON.parse(sessionStorage.getItem(remembered) ?? "[]")) enter(message);
  onOpen(run);

  return (message) => {
    enter(message);
    remember();
    run();
  };
}

/** The server has understood, and will say the same again. Signed out, or too busy, it may say something else later. */
function isFinal(status) {
  return status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
}

function bodyOf(message) {
  const body = new FormData();
  body.set("client_id", message.id);
  body.set("markdown", message.markdown);
  if (message.receipt) body.set("receipt", message.receipt);
  for (const file of message.files) body.append("file", file.id);
  for (const person of message.mentions ?? []) body.append("mention", person);
  if (message.answers) body.set("answers", message.answers.id);
  return body;
}

/** The message as it will look, until the server's own copy replaces it. */
function draw(form, message) {
  const { myName, myLetters, myHue, myPhoto } = form.dataset;
  const drawn = element('<article class="message own waiting"><span aria-hidden="true"></span><div class="said"><div class="by"></div><div class="prose"><p></p></div></div></article>');
  Object.assign(drawn.dataset, { client: message.id, author: document.body.dataset.me, at: message.at });
  const face = drawn.firstElementChild;
  face.className = `avatar ${myHue}`;
  face.textContent = myLetters;
  if (myPhoto) face.append(Object.assign(document.createElement("img"), { src: myPhoto, alt: "" }));
  if (message.answers) drawn.querySelector(".by").before(lineOf(message.answers));
  drawn.querySelector(".by").append(made("bdi", "author", myName));
  drawn.querySelector("p").textContent = message.markdown || message.files.map((file) => file.name).join(", ");
  return drawn;
}
