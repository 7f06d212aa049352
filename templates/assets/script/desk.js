// The demo's Mail desk: new mails appear in the list by themselves, as in a mail program.
const EVERY = 1500;

export function attach(list) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-refresh-list]");
    const known = new Set([...list.querySelectorAll("a.mail-row")].map((row) => row.getAttribute("href")));
    const added = [...fresh.querySelectorAll("a.mail-row")].filter((row) => !known.has(row.getAttribute("href")));
    if (!added.length) return;
    list.querySelector("[data-empty]")?.remove();
    const first = list.querySelector("a.mail-row");
    for (const row of added) {
      row.classList.add("fresh");
      if (first) first.before(row);
      else list.append(row);
    }
    list.dispatchEvent(new CustomEvent("moot:added", { bubbles: true }));
  }, EVERY);
}
