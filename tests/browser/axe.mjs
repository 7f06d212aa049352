// The rules of WCAG that a program can check.
import { fileURLToPath } from "node:url";

/** The script that a page needs for `findings`. */
export const AXE = fileURLToPath(new URL("../../target/browser/node_modules/axe-core/axe.min.js", import.meta.url));
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

/** What is wrong on a page, one line for each rule and element. */
export async function findings(page) {
  const violations = await page.evaluate(async (rules) => {
    // What depends on sizes is done when they were measured: with the second picture that is drawn.
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    // A mail's own HTML stands in a frame without scripts, which axe cannot enter.
    return (await window.axe.run(document, { runOnly: rules, iframes: false })).violations;
  }, RULES);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}
