// Where a message was taken from is a link for those who are in that group: it stands in their list.
export function attach(link) {
  const { ofGroup } = link.dataset;
  if (!document.querySelector(`[data-groups] [data-group="${CSS.escape(ofGroup)}"]`)) link.removeAttribute("href");
}
