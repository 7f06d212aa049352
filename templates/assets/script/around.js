// Who of the group is here: dots and words beside the names, and a line above the composer. And who is writing.
import { on, send } from "./live.js";
import { made } from "./html.js";
import { show, words } from "./presence.js";

/** The others are told this often that one goes on writing, in ms. */
const EVERY = 3000;
/** Whoever was not heard of for so long writes no longer. */
const FORGET = 7000;
/** So many notes find room in the line. */
const NOTES = 3;
const OFFLINE = { state: "offline" };

export function attach(line) {
  const group = line.dataset.around;
  const me = document.body.dataset.me;
  const talk = line.closest("[data-talk]");
  const here = line.querySelector("[data-here]");
  const writing = line.querySelector("[data-writing]");
  /** Everybody of whom there is something to tell; the others are offline. */
  const people = new Map();
  const writers = new Map();

  on("presence", (frame) => {
    if (frame.group !== group) return;
    const known = new Set(frame.whole ? people.keys() : []);
    if (frame.whole) people.clear();
    for (const one of frame.people) people.set(one.person, one);
    for (const person of frame.whole ? everybody(known) : frame.people.map((one) => one.person)) draw(person);
    drawHere();
  });

  /** Those on the page as well: the server's page may be older than the frame. */
  function everybody(known) {
    for (const element of document.querySelectorAll("[data-presence]")) known.add(element.dataset.presence);
    return new Set([...known, ...people.keys()]);
  }

  function draw(person) {
    for (const element of document.querySelectorAll(`[data-presence="${CSS.escape(person)}"]`)) {
      show(element, people.get(person) ?? OFFLINE, line);
    }
  }

  function drawHere() {
    const all = [...people.values()];
    const count = all.filter(({ state }) => state === "online" || state === "busy").length;
    const parts = [made("span", "", line.dataset.someHere.replace("%n", count))];
    const noted = all.filter((one) => one.person !== me && (one.note || one.until || one.state === "busy"));
    // First of those from whom an answer would otherwise be expected.
    noted.sort((a, b) => (a.state === "offline") - (b.state === "offline"));
    for (const one of noted.slice(0, NOTES)) {
      const part = made("span", "noted");
      part.dataset.state = one.state;
      part.append(made("i", "dot"), made("bdi", "", one.name), " ", ...words(one, line));
      part.firstChild.dataset.state = one.state;
      parts.push(part);
    }
    here.replaceChildren(...parts);
  }

  on("writing", ({ group: where, person, name, writes }) => {
    if (where !== group || person === me) return;
    if (writes) goOn(person, name);
    else stop(person);
  });
  // Whoever has sent it writes it no longer.
  on("message", ({ group: where, html }) => {
    if (where === group && writers.size) stop(html.match(/data-author="([^"]+)"/)?.[1]);
  });

  function goOn(person, name) {
    clearTimeout(writers.get(person)?.timer);
    writers.set(person, { name, timer: setTimeout(() => stop(person), FORGET) });
    drawWriting();
  }

  function stop(person) {
    clearTimeout(writers.get(person)?.timer);
    if (writers.delete(person)) drawWriting();
  }

  function drawWriting() {
    const names = [...writers.values()].map(({ name }) => name);
    const text = { 1: line.dataset.oneWrites, 2: line.dataset.twoWrite }[names.length] ?? line.dataset.manyWrite;
    // A name in its own direction, whatever stands around it.
    const filled = { "%a": () => made("bdi", "", names[0]), "%b": () => made("bdi", "", names[1]), "%n": () => String(names.length - 1) };
    writing.replaceChildren(...(names.length ? text.split(/(%[abn])/).map((part) => filled[part]?.() ?? part) : []));
    writing.hidden = !names.length;
    here.hidden = !writing.hidden;
  }

  tellWriting(talk, group);
}

/** Tells the others that one writes: seldom, and once when it is over. */
function tellWriting(talk, group) {
  let told = 0;
  const isText = ({ target }) => target.matches("[data-composer] [data-text]");
  talk.addEventListener("input", (event) => {
    if (!isText(event)) return;
    if (!event.target.value.trim()) return over();
    if (Date.now() - told < EVERY) return;
    told = Date.now();
    send({ type: "writing", group, writes: true });
  });
  talk.addEventListener("focusout", (event) => { if (isText(event)) over(); });
  talk.addEventListener("submit", over);
  function over() {
    if (told) send({ type: "writing", group, writes: false });
    told = 0;
  }
}
