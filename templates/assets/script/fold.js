// A long message shows its beginning (style/composer.css); a button shows the rest. Whoever comes to it by a link, or
// into it by Tab, sees all.
import { made } from "./html.js";
import { hold } from "./scrolling.js";

export function attach(prose) {
  const { showAll, showLess } = prose.closest("[data-log]")?.dataset ?? {};
  const message = prose.closest(".message");
  if (!showAll || message.classList.contains("waiting")) return;
  let button = null;

  const isCut = () => prose.scrollHeight > prose.clientHeight + 4;
  const open = (isOpen) => {
    hold(prose.closest("[data-scroller]"), () => message.classList.toggle("unfolded", isOpen));
    button.textContent = isOpen ? showLess : showAll;
    button.setAttribute("aria-expanded", isOpen);
    if (!isOpen) message.scrollIntoView({ block: "nearest" });
  };
  const make = () => {
    button = made("button", "button bare slim unfold", showAll);
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => open(!message.classList.contains("unfolded")));
    prose.after(button);
  };

  prose.addEventListener("focusin", () => { if (button && isCut()) open(true); });
  new ResizeObserver(() => {
    prose.classList.toggle("cut-off", isCut());
    if (isCut() && !button) make();
    if (button) button.hidden = !isCut() && !message.classList.contains("unfolded");
  }).observe(prose);
}
