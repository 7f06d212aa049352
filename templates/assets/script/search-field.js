// The field beside every page: "/" and Ctrl+K lead to it, or to the search that is open.
export function attach(form) {
  const input = form.elements.q;
  form.elements.zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || !isCall(event)) return;
    event.preventDefault();
    const open = document.querySelector("[data-search] input[type=search]");
    const field = [open, input].find((one) => one?.checkVisibility());
    if (!field) return location.assign(form.action);
    field.focus();
    field.select();
  });
}

function isCall({ key, ctrlKey, metaKey, altKey, target }) {
  if (altKey) return false;
  if (ctrlKey || metaKey) return key.toLowerCase() === "k";
  return key === "/" && !target.closest?.("input, textarea, select, [contenteditable]");
}
