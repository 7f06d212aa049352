// A part of a page that takes a while: it is fetched once the page is there. Until then, and without script, a link leads to it.
import { added, elements } from "./html.js";

export async function attach(place) {
  const way = place.querySelector(".more");
  way.hidden = true;
  const answer = await fetch(place.dataset.later, { headers: { "X-Part": "list" } }).catch(() => null);
  if (answer?.status === 401) return location.reload();
  place.removeAttribute("aria-busy");
  if (answer?.ok) {
    place.replaceChildren(...elements(await answer.text()));
    return added(place);
  }
  place.querySelector("[role=status]").remove();
  way.hidden = false;
}
