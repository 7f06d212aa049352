// One file, part by part: what the server has noted is never sent again. A part that gets lost is half as large the next
// time, one that goes quickly twice, so that a bad line brings something through and a good one is used.
const SMALLEST = 64 * 1024;
const LARGEST = 4 * 1024 * 1024;
const QUICK = 1000;
const LONGEST_PAUSE = 15_000;
/** Not now; perhaps later. */
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/** Uploads that were begun from this tab, by what tells a file from others: picked again, it goes on. */
const begun = {
  key: (url, file) => `upload:${url}:${file.name}:${file.size}:${file.lastModified}`,
  get: (key) => sessionStorage.getItem(key),
  keep: (key, place) => sessionStorage.setItem(key, place),
  forget: (key) => sessionStorage.removeItem(key),
};
/** The same file picked twice goes up twice. */
const going = new Set();

/** The file as the server has it, `{ problem }`, or `{ cancelled }`. */
export async function send(url, file, { signal, progress, waiting }) {
  let key = begun.key(url, file);
  while (going.has(key)) key += ":again";
  going.add(key);
  try {
    return await run(key, url, file, { signal, progress, waiting });
  } finally {
    going.delete(key);
  }
}

async function run(key, url, file, { signal, progress, waiting }) {
  let place = begun.get(key);
  let known = !place;
  let offset = 0;
  let part = 4 * SMALLEST;
  let tries = 0;
  while (!signal.aborted) {
    const since = performance.now();
    const answer = await step();
    if (signal.aborted) break;
    if (answer.lost) {
      known = !place;
      part = Math.max(SMALLEST, part / 2);
      tries += 1;
      waiting();
      await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** tries), signal);
      continue;
    }
    tries = 0;
    if (answer.id && answer.name && !answer.place) {
      begun.forget(key);
      progress(1);
      return answer;
    }
    if (answer.place) {
      place = answer.place;
      begun.keep(key, place);
    } else if (answer.offset !== undefined) {
      if (known && performance.now() - since < QUICK) part = Math.min(LARGEST, part * 2);
      offset = answer.offset;
    } else if (answer.status === 404 && place) {
      // It took more than a day, or was finished and never named: from the beginning.
      begun.forget(key);
      place = null;
      offset = 0;
    } else {
      begun.forget(key);
      return { problem: answer.problem };
    }
    known = true;
    progress(offset / file.size);
  }
  begun.forget(key);
  if (place) ask(place, { method: "DELETE", keepalive: true });
  return { cancelled: true };

  /** Begins, asks how far it is, or sends a part. */
  function step() {
    if (!place) {
      const body = new URLSearchParams({ name: file.name || "image.png", size: file.size });
      return ask(url, { method: "POST", body, signal });
    }
    if (!known) return ask(place, { signal });
    const headers = { "Content-Type": "application/partial-upload", "Upload-Offset": offset };
    return ask(place, { method: "PATCH", headers, body: file.slice(offset, offset + part), signal });
  }
}

async function ask(url, { headers, ...request }) {
  try {
    const answer = await fetch(url, { ...request, headers: { ...headers, Accept: "application/json" } });
    if (answer.status === 401) document.dispatchEvent(new CustomEvent("moot:signed-out"));
    if (answer.status === 401 || PASSING.includes(answer.status)) return { lost: true };
    return { status: answer.status, ...(answer.status === 204 ? {} : await answer.json().catch(() => ({}))) };
  } catch {
    return { lost: true };
  }
}

/** A while, or until the connection is back or nobody waits any more. */
function pause(time, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      document.removeEventListener("moot:online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, time);
    document.addEventListener("moot:online", done);
    signal.addEventListener("abort", done);
  });
}
