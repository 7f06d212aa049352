// Code in a message: a button that copies it, and its language.
import { icon, made } from "./html.js";

export function attach(code) {
  const pre = code.parentElement;
  const label = document.querySelector("[data-log]")?.dataset.copyCode;
  if (!label || pre.parentElement.matches(".code")) return;
  const box = made("div", "code");
  const language = /language-([\w+#.-]{1,20})/.exec(code.className)?.[1] ?? "";
  const button = made("button", "button bare slim");
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.append(icon("copy"));
  button.addEventListener("click", async () => (await import("./copy.js")).copy(code.textContent));
  const head = made("div", "code-head");
  head.append(made("span", "", language), button);
  pre.replaceWith(box);
  box.append(pre, head);
}
