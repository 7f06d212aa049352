// Files by picker, paste and drop: each goes up at once with its progress, can be cancelled, goes on by itself after a
// lost connection, and says what is wrong.
import { icon, made } from "./html.js";
import { onOpen } from "./live.js";
import { send } from "./upload-parts.js";

/** So many go up side by side; the others wait for their turn. */
const SIDE_BY_SIDE = 3;

export function uploads(form, zone, complain) {
  const shelf = form.querySelector("[data-uploads]");
  const picker = form.querySelector('input[type="file"]');
  const limit = Number(form.dataset.limit);
  let list = [];

  const forget = (upload) => {
    list = list.filter((other) => other !== upload);
    upload.card.remove();
    if (upload.preview) URL.revokeObjectURL(upload.preview);
    next();
  };
  const add = (file) => {
    const upload = { file, stopping: new AbortController() };
    upload.finished = new Promise((resolve) => { upload.end = resolve; });
    goOn(upload);
    draw(upload, () => {
      upload.stopping.abort();
      upload.end();
      forget(upload);
    });
    list.push(upload);
    shelf.append(upload.card);
    if (!file.size) fail(upload, form.dataset.empty);
    else if (file.size > limit) fail(upload, form.dataset.tooLarge);
    next();
  };
  const next = () => {
    const going = list.filter((upload) => upload.going).length;
    list.filter((upload) => !upload.going && isUnderWay(upload)).slice(0, Math.max(0, SIDE_BY_SIDE - going)).forEach(begin);
  };
  async function begin(upload) {
    upload.going = true;
    const told = await send(form.dataset.files, upload.file, {
      signal: upload.stopping.signal,
      progress: (share) => {
        upload.progress.value = share;
        if (upload.lost) goOn(upload);
        say(upload, "");
      },
      waiting: () => {
        upload.lost = true;
        upload.stall();
        say(upload, form.dataset.uploadWaits);
      },
    });
    upload.going = false;
    upload.lost = false;
    if (told.id) {
      upload.stored = told;
      upload.progress.hidden = true;
      say(upload, "");
    } else if (!told.cancelled) {
      fail(upload, told.problem ?? form.dataset.uploadFailed);
    }
    upload.end();
    next();
  }
  const addAll = (files) => {
    complain("");
    for (const file of files) add(file);
  };
  onOpen(() => document.dispatchEvent(new CustomEvent("moot:online")));

  picker.addEventListener("change", () => {
    addAll(picker.files);
    picker.value = "";
  });
  form.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    addAll(event.clipboardData.files);
  });
  dropZone(zone, addAll);

  return {
    isEmpty: () => !list.some((upload) => upload.stored),
    areBusy: () => list.some((upload) => isUnderWay(upload) && !upload.lost),
    /** Waits for what is under way, but not for the connection; whether all of it arrived. */
    async settled() {
      const underWay = list.filter(isUnderWay);
      await Promise.all(underWay.map((upload) => Promise.race([upload.finished, upload.stalled])));
      return underWay.every((upload) => upload.stored || !list.includes(upload));
    },
    /** Whether some wait for the connection. */
    areLost: () => list.some((upload) => upload.lost),
    /** What is stored. What was refused stays until somebody takes it away, so that nobody believes it was sent. */
    take() {
      const stored = list.filter((upload) => upload.stored);
      stored.forEach(forget);
      return stored.map((upload) => upload.stored);
    },
  };
}

function goOn(upload) {
  upload.lost = false;
  upload.stalled = new Promise((resolve) => { upload.stall = resolve; });
}

function isUnderWay(upload) {
  return !upload.stored && !upload.failed && !upload.stopping.signal.aborted;
}

function draw(upload, cancel) {
  const { file } = upload;
  const card = made("div", "upload");
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.type)) {
    upload.preview = URL.createObjectURL(file);
    const picture = Object.assign(new Image(), { className: "mini", alt: "", src: upload.preview });
    picture.addEventListener("error", () => picture.remove());
    card.append(picture);
  }
  const button = made("button", "button bare slim square");
  button.type = "button";
  button.setAttribute("aria-label", `${document.body.dataset.cancel}: ${file.name}`);
  button.append(icon("close"));
  button.addEventListener("click", cancel);
  const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  progress.setAttribute("aria-label", file.name);
  const why = made("span", "small why");
  card.append(made("bdi", "cut", file.name), progress, why, button);
  Object.assign(upload, { card, progress, why });
}

function say(upload, words) {
  if (upload.why.textContent !== words) upload.why.textContent = words;
}

function fail(upload, words) {
  upload.failed = true;
  upload.card.classList.add("failed");
  upload.progress.hidden = true;
  say(upload, words);
  upload.end();
}

/** Files dragged over a zone mark it; dropped, they are taken. */
export function dropZone(zone, take) {
  let depth = 0;
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (by) => {
    depth = Math.max(0, depth + by);
    zone.classList.toggle("dropping", depth > 0);
  };
  zone.addEventListener("dragenter", (event) => { if (hasFiles(event)) mark(1); });
  zone.addEventListener("dragleave", (event) => { if (hasFiles(event)) mark(-1); });
  zone.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  zone.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(-depth);
    take(event.dataTransfer.files);
  });
}
