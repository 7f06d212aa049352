// A field for a time zone: filled in with where this browser is, until somebody has chosen.
export function attach(field) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!field.value && here) field.value = here;
}
