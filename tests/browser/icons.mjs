// Draws the PNG icons of templates/assets/icons out of mark.svg: node tests/browser/icons.mjs. The files are committed;
// run it when the mark changes.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { openBrowser } from "./browser.mjs";

const folder = new URL("../../templates/assets/icons/", import.meta.url);
const mark = readFileSync(new URL("mark.svg", folder), "utf8");
/** Name, size, how much of it the mark fills, and the ground. Maskable icons may lose all beyond 40 % from the middle. */
const ICONS = [
  ["mark-192", 192, 1, "transparent"],
  ["mark-512", 512, 1, "transparent"],
  ["maskable-192", 192, 0.6, "#e1f2ec"],
  ["maskable-512", 512, 0.6, "#e1f2ec"],
  ["touch-180", 180, 0.72, "#ffffff"],
];

const browser = await openBrowser();
const page = await browser.newPage();
for (const [name, size, part, ground] of ICONS) {
  await page.setViewportSize({ width: size, height: size });
  const width = Math.round(size * part);
  const style = `margin:0;height:100vh;display:grid;place-items:center;background:${ground}`;
  await page.setContent(`<body style="${style}">${mark.replace("<svg", `<svg width="${width}" height="${width}"`)}`);
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, folder)), omitBackground: true });
}
await browser.close();
