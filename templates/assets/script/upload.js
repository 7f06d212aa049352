// Files by picker, paste and drop: each goes up at once with its progress, can be cancelled, and says what is wrong.
import { icon, made } from "./html.js";

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
    else upload.finished = start(form.dataset.files, upload, form.dataset.uploadFailed);
  };
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
    isEmpty: () => !list.some((upload) => upload.stored || upload.request),
    areBusy: () => list.some((upload) => upload.request && !upload.stored && !upload.failed),
    done: () => Promise.all(list.map((upload) => upload.finished)),
    /** What is stored, and forgets it; what failed stays to be seen. */
    take() {
      const stored = list.filter((upload) => upload.stored);
      stored.forEach(forget);
      return stored.map((upload) => upload.stored);
    },
  };
}

function card(file, cancel) {
  const card = made("div", "upload");
  const button = made("button", "button bare slim square");
  button.type = "button";
  button.setAttribute("aria-label", `${document.body.dataset.cancel}: ${file.name}`);
  button.append(icon("close"));
  button.addEventListener("click", cancel);
  const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  card.append(made("span", "cut", file.name), progress, button);
  return card;
}

function start(url, upload, failed) {
  const request = new XMLHttpRequest();
  upload.request = request;
  const progress = upload.card.querySelector("progress");
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
  upload.card.querySelector("progress").replaceWith(made("span", "small", words));
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
