// Copies a text to the clipboard and says so.
import { toast } from "./toast.js";

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard on plain http: the old way.
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(document.body.dataset.copied, "good", "check");
}

export function attach(button) {
  button.addEventListener("click", () => copy(button.dataset.copy));
}
