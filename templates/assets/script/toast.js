// Short notices in the corner; read out by screen readers, gone after a while.
import { icon, made } from "./html.js";

export function toast(text, tone = "", name = "info") {
  const notice = made("div", `notice ${tone}`);
  notice.append(icon(name), made("p", "grow", text));
  document.querySelector("[data-toasts]").append(notice);
  setTimeout(() => notice.remove(), 7000);
}
