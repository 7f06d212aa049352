// Writing a message: Enter sends; what is typed is kept until it is on its way.
import { answering } from "./answering.js";
import { newId } from "./html.js";
import { outbox } from "./outbox.js";
import { uploads } from "./upload.js";

export function attach(form) {
  const text = form.querySelector("[data-text]");
  const problem = form.querySelector("[data-problem]");
  const talk = form.closest("[data-talk]");
  const complain = (words, isProblem = true) => {
    problem.classList.toggle("wrong", isProblem);
    problem.textContent = words;
  };
  const files = uploads(form, talk, complain);
  const send = outbox(form, talk);
  const mentions = mentionsLater(text);
  toolbarLater(form, text);
  const answered = answering(form, talk, () => unsent.typed());
  const grow = () => {
    if (CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  };
  const left = counting(form);
  const unsent = unsentLater(form, answered, () => {
    left();
    grow();
  });
  text.addEventListener("input", () => {
    unsent.typed();
    complain("");
    left();
    grow();
  });
  talk.addEventListener("moot:posted", unsent.stored);
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
      complain(form.dataset.sending, false);
      waits = true;
      const whole = await files.settled();
      waits = false;
      complain("");
      if (!whole) return warn();
    }
    if (files.areLost() && !warned) return warn();
    if (!text.value.trim() && files.isEmpty()) return;
    // The server would refuse it; here it can still be shortened.
    if (left() < 0) return text.focus();
    const mine = { files: files.take(), mentions: mentions.take(), answers: answered.take(), receipt: takeReceipt(form) };
    send({ id: newId(), markdown: text.value, ...mine, at: Date.now() });
    warned = false;
    text.value = "";
    complain("");
    unsent.sent();
    left();
    grow();
    text.focus();
  });
  grow();
  // Who opens a certain message reads it first.
  if (!matchMedia("(pointer: coarse)").matches && !talk.dataset.at) text.focus({ preventScroll: true });
}

/** Says how many characters are left when there are few. A sign outside of the basic plane is one, as on the server. */
function counting(form) {
  const text = form.querySelector("[data-text]");
  const shown = form.querySelector("[data-count-left]");
  const longest = Number(form.dataset.longest);
  return () => {
    const near = text.value.length > longest - 1000;
    const left = near ? longest - [...text.value].length : longest;
    shown.classList.toggle("wrong", left < 0);
    if (left < 0) shown.textContent = `${-left} ${form.dataset.tooMany}`;
    else shown.textContent = near ? `${left} ${form.dataset.left}` : "";
    return left;
  };
}

/** What is typed is kept by a script that comes with the first letter, or when there is something to keep. */
function unsentLater(form, answered, changed) {
  const text = form.querySelector("[data-text]");
  let unsent = null;
  // Without a network it is fetched with a later letter.
  const fetchIt = () => (unsent ??= import("./unsent.js")
    .then(({ keepUnsent }) => keepUnsent(form, answered, changed))
    .catch(() => { unsent = null; }));
  document.addEventListener("visibilitychange", fetchIt, { once: true });
  if (text.value !== text.defaultValue || Object.keys(sessionStorage).some((key) => key.startsWith("unsent:"))) fetchIt();
  const then = (what) => async () => (await fetchIt())?.[what]();
  return { typed: then("typed"), sent: then("sent"), stored: then("stored") };
}

/** The buttons for the signs of Markdown come with the first press of one, or of its key. */
function toolbarLater(form, text) {
  const opener = form.querySelector("[data-toolbar-opener]");
  const bring = new AbortController();
  const fetchIt = async (event) => {
    bring.abort();
    event?.preventDefault();
    const { attach } = await import("./toolbar.js");
    attach(form.querySelector("[data-toolbar]"));
    if (event) event.target.dispatchEvent(new event.constructor(event.type, event));
  };
  opener.addEventListener("click", fetchIt, { signal: bring.signal });
  text.addEventListener("keydown", (event) => {
    const { ctrlKey, metaKey, altKey, shiftKey, key, code } = event;
    const pressed = (shiftKey ? "Shift+" : "") + (code.startsWith("Digit") ? code : key.toLowerCase());
    if ((ctrlKey || metaKey) && !altKey && /^([biek]|Shift\+([xep]|Digit[789]))$/.test(pressed)) fetchIt(event);
  }, { signal: bring.signal });
  if (localStorage.getItem("toolbar")) fetchIt();
}

/** The list of members, fetched with the first sign that mentions somebody. */
function mentionsLater(text) {
  let mentions = null;
  const fetchIt = async () => {
    if (!/[@＠]/.test(text.value)) return;
    text.removeEventListener("input", fetchIt);
    mentions = (await import("./mention.js")).completeMentions(text);
  };
  text.addEventListener("input", fetchIt);
  fetchIt();
  return { take: () => mentions?.take() ?? [] };
}

/** What the message asks of its receivers; the next one asks what the group's messages do. */
function takeReceipt(form) {
  const box = form.querySelector("#composer-receipt");
  if (!box) return undefined;
  const request = box.checked ? "wanted" : "none";
  box.checked = box.dataset.default === "wanted";
  return request;
}
