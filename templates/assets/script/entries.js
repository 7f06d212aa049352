// What somebody pastes or types as several people: one on each line, or with commas or semicolons between.

/** The entries of a text. The part before the comma in "Berg, Anna <anna@corp.example>" belongs to its address. */
export function entriesOf(text) {
  return text.split(/[\n;；]+/).flatMap(partsOf).map((entry) => entry.trim()).filter(Boolean);
}

function partsOf(line) {
  if (!line.includes("@")) return [line];
  const entries = [];
  let waiting = "";
  for (const piece of line.split(/(?<=[,，、])/)) {
    waiting += piece;
    if (!piece.includes("@")) continue;
    entries.push(waiting.replace(/[,，、]\s*$/, ""));
    waiting = "";
  }
  return [...entries, waiting];
}
