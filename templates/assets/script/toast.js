// Short notices in the corner; read out by screen readers, gone after a while.
import { icon, made } from "./html.js";

export function toast(text, tone = "", name = "info", href = "") {
  const notice = made("div", `notice ${tone}`);
  const words = made(href ? "a" : "span", "", text);
  if (href) words.href = href;
  const line = made("p", "grow");
  line.append(words);
  notice.append(icon(name), line);
  document.querySelector("[data-toasts]").append(notice);
  setTimeout(() => notice.remove(), 7000);
}
