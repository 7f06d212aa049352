// Writes times in the browser's zone and the page's language. "short" is a clock today, a weekday this week, else a date.
const language = document.documentElement.lang;
const day = 86_400_000;
const format = (options) => new Intl.DateTimeFormat(language, options);
const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = format({ weekday: "short" });
const date = format({ day: "numeric", month: "short" });
const dated = format({ day: "numeric", month: "short", year: "numeric" });
const month = format({ month: "long", year: "numeric" });
const long = format({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** The local midnight before a time. */
export function midnight(time) {
  const start = new Date(time);
  start.setHours(0, 0, 0, 0);
  return start.getTime();
}

/** "Today", "Yesterday", or the date. */
export function dayName(time) {
  const ago = Math.round((midnight(Date.now()) - midnight(time)) / day);
  if (ago === 0) return document.body.dataset.today;
  if (ago === 1) return document.body.dataset.yesterday;
  return format({ weekday: "long", day: "numeric", month: "long", year: ago > 300 ? "numeric" : undefined }).format(time);
}

function short(time) {
  const ago = Math.round((midnight(Date.now()) - midnight(time)) / day);
  if (ago <= 0) return clock.format(time);
  if (ago < 7) return weekday.format(time);
  return (ago < 300 ? date : dated).format(time);
}

/** When something ends: a clock today, with the weekday later. */
function until(time) {
  const today = midnight(time) <= midnight(Date.now());
  return today ? clock.format(time) : `${weekday.format(time)} ${clock.format(time)}`;
}

export function attach(element) {
  const time = new Date(element.dateTime);
  if (Number.isNaN(time.getTime())) return;
  const forms = {
    until: () => until(time),
    clock: () => clock.format(time),
    short: () => short(time),
    date: () => dated.format(time),
    month: () => month.format(time),
  };
  element.textContent = (forms[element.dataset.time] ?? (() => long.format(time)))();
  element.title = long.format(time);
}
