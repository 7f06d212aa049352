// The reactions below a message: one's own are marked, and a click chooses an emoji too, or no more.
/** Of those whom so many chose that the page does not know all: what this page has heard of one's own. */
const heard = new Map();

export function attach(box) {
  const message = box.closest(".message");
  const talk = box.closest("[data-talk]");
  const keyOf = ({ dataset: { emoji } }) => `${message.dataset.id} ${emoji}`;
  for (const chip of box.querySelectorAll(".reaction")) {
    const isKnown = chip.dataset.by.includes(document.body.dataset.me);
    const isOwn = isKnown || ("more" in chip.dataset && heard.get(keyOf(chip)) === true);
    chip.setAttribute("aria-pressed", String(isOwn));
  }
  box.addEventListener("click", async ({ target }) => {
    const chip = target.closest(".reaction");
    if (!chip || !talk) return;
    const on = chip.getAttribute("aria-pressed") !== "true";
    heard.set(keyOf(chip), on);
    const { react } = await import("./react.js");
    await react(message, talk, chip.dataset.emoji, on);
  });
}
