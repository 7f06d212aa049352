// How much is unread in all groups: in the title of the page, and on the icon where mailmoot is installed. It is the sum
// of the counts in the list, which keeps them right by itself.
export function attach(list) {
  let title = document.title;
  const number = (row, name) => Number(row.dataset[name] ?? 0);
  const show = () => {
    const rows = [...list.querySelectorAll("[data-group].unread:not([data-muted])")];
    const unread = rows.reduce((sum, row) => sum + Math.max(0, number(row, "seq") - number(row, "read")), 0);
    document.title = unread ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
    (unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.())?.catch(() => {});
  };
  document.addEventListener("moot:topic", ({ detail }) => {
    title = `${detail} · mailmoot`;
    show();
  });
  // Several changes in one go are one change here.
  new MutationObserver(show).observe(list, { childList: true, subtree: true, attributeFilter: ["class", "data-read"] });
  show();
}
