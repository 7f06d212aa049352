// "New group": mails dropped on the page go into the form's own field, and the form is sent.
import { dropZone } from "./upload.js";

export function attach(form) {
  const picker = form.querySelector('input[type="file"]');
  dropZone(document.body, (files) => {
    const mails = new DataTransfer();
    for (const file of files) mails.items.add(file);
    picker.files = mails.files;
    form.requestSubmit();
  });
  picker.addEventListener("change", () => { if (picker.files.length) form.requestSubmit(); });
  document.body.addEventListener("dragenter", () => form.classList.add("dropping"));
  document.body.addEventListener("drop", () => form.classList.remove("dropping"));
  document.body.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("dropping"); });
}
