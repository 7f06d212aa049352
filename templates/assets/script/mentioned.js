// Who is mentioned stands in the markup, the same for every reader; that it is oneself is shown by a rule of one's own.
export function attach() {
  const me = `.mention[data-person="${document.body.dataset.me}"]`;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${me} { background: var(--amber-soft); color: var(--amber); }
    .message:not(.marked, :target):has(${me}) { box-shadow: inset 3px 0 var(--amber-line); }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
