// What scrolls can be scrolled by keyboard: it is a stop for Tab while there is more of it than is in sight.
export function attach(box) {
  new ResizeObserver(() => {
    const hidden = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (hidden) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }).observe(box);
}
