// Files by picker, paste and drop: each goes up at once with its progress, can be cancelled, and says what is wrong.
import { icon, made } from "./html.js";
import { onOpen } from "./live.js";

export function uploads(form, zone, complain) {
  const shelf = form.querySelector("[data-uploads]");
  const picker = form.querySelector('input[type="file"]');
  const limit = Number(form.dataset.limit);
  let list = [];

  const forget = (upload) => {
    list = list.filter((other) => other !== upload);
    upload.card.remove();
  };
  const add = (file) => {
    const upload = { file, card: card(file, () => { upload.request?.abort(); forget(upload); }) };
    list.push(upload);
    shelf.append(upload.card);
    if (file.size > limit) fail(upload, form.dataset.tooLarge);
    else begin(upload);
  };
  const begin = (upload) => {
    upload.finished = start(form.dataset.files, upload, form.dataset.uploadFailed);
  };
  // What the lost connection broke off begins anew.
  onOpen(() => list.filter((upload) => upload.lost).forEach(begin));
  const addAll = (files) => {
    complain("");
    for (const file of files) add(file);
  };

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
    areBusy: () => list.some(isUnderWay),
    /** Waits for what is under way; whether all of it arrived. */
    async settled() {
      const underWay = list.filter(isUnderWay);
      await Promise.all(underWay.map((upload) => upload.finished));
      return underWay.every((upload) => upload.stored || !list.includes(upload));
    },
    /** Whether some wait for the connection. */
    areLost: () => list.some((upload) => upload.lost),
    /** What is stored. What was refused was seen, and goes; what waits for the connection stays for the next message. */
    take() {
      const stored = list.filter((upload) => upload.stored).map((upload) => upload.stored);
      list.filter((upload) => !upload.lost).forEach(forget);
      return stored;
    },
  };
}

function isUnderWay(upload) {
  return upload.request && !upload.stored && !upload.failed;
}

function card(file, cancel) {
  const card = made("div", "upload");
  const button = made("button", "button bare slim square");
  button.type = "button";
  button.setAttribute("aria-label", `${document.body.dataset.cancel}: ${file.name}`);
  button.append(icon("close"));
  button.addEventListener("click", cancel);
  const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  card.append(made("bdi", "cut", file.name), progress, button);
  return card;
}

function start(url, upload, failed) {
  const request = new XMLHttpRequest();
  Object.assign(upload, { request, failed: false, lost: false });
  upload.card.classList.remove("failed");
  upload.card.querySelector(".why")?.remove();
  const progress = upload.card.querySelector("progress");
  progress.hidden = false;
  const body = new FormData();
  body.append("upload", upload.file, upload.file.name || "image.png");
  request.upload.onprogress = (event) => { if (event.lengthComputable) progress.value = event.loaded / event.total; };
  request.responseType = "json";
  return new Promise((resolve) => {
    request.onloadend = () => {
      if (request.status === 200 && request.response?.id) {
        upload.stored = request.response;
        progress.value = 1;
        progress.hidden = true;
      } else {
        upload.lost = request.status === 0;
        fail(upload, request.response?.problem ?? failed);
      }
      resolve();
    };
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
}

function fail(upload, words) {
  upload.failed = true;
  upload.card.classList.add("failed");
  const progress = upload.card.querySelector("progress");
  progress.hidden = true;
  progress.after(made("span", "small why", words));
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
