// Bringing a list into another order by dragging: with mouse, pen and finger. Buttons beside each item do the same.

/** Calls `done` with the numbers in their new order when an item was let go in another place. */
export function dragged(root, done) {
  let moving = null;
  const items = () => [...moving.parentElement.querySelectorAll(":scope > [data-item]")];
  const numbers = () => items().map((item) => item.dataset.item);
  let before = "";

  root.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    moving = grip.closest("[data-item]");
    before = numbers().join();
    moving.classList.add("moving");
    grip.setPointerCapture(event.pointerId);
  });
  root.addEventListener("pointermove", (event) => {
    if (!moving) return;
    // Near an edge of what is in sight, the page goes on.
    const edge = 60;
    if (event.clientY < edge) scrollBy(0, -12);
    else if (event.clientY > innerHeight - edge) scrollBy(0, 12);
    const others = items().filter((item) => item !== moving);
    const next = others.find((item) => {
      const box = item.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if (next ? next.previousElementSibling !== moving : moving.nextElementSibling) {
      if (next) next.before(moving);
      else moving.parentElement.append(moving);
    }
  });
  const end = () => {
    if (!moving) return;
    moving.classList.remove("moving");
    const order = numbers();
    moving = null;
    if (order.join() !== before) done(order);
  };
  root.addEventListener("pointerup", end);
  root.addEventListener("pointercancel", end);
}
