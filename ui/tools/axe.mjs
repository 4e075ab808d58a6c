// Runs axe-core over every scene, light and dark, in English and Arabic: `node tools/axe.mjs [--each-once] [NAME …]`.
// With `--each-once` every scene is checked in one of these looks, which are taken in turn.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { openPage, startBrowser } from "./browser.mjs";
import { enter, SCENES } from "./scenes.mjs";
import { serve } from "./serve.mjs";

const AT_ONCE = 2;
const LOOKS = [
  { theme: "light", language: "en" },
  { theme: "dark", language: "en" },
  { theme: "light", language: "ar" },
  { theme: "dark", language: "ar" },
];

const wanted = process.argv.slice(2).filter((word) => word !== "--each-once");
const isEachOnce = process.argv.includes("--each-once");
const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const scenes = SCENES.filter((one) => wanted.length === 0 || wanted.includes(one.name));
const looksOf = (at) => (isEachOnce ? [LOOKS[at % LOOKS.length]] : LOOKS);
const checks = scenes.flatMap((scene, at) => looksOf(at).map((look) => ({ scene, look, faults: [] })));

/** What is wrong on the page of one scene in one look. */
async function faultsOf({ scene, look }) {
  const opened = await openPage(browser, { width: scene.width, height: scene.height });
  await enter(opened.page, server.address, scene, look);
  // The evaluation goes past the content security policy of the page, which stays as it is.
  await opened.page.evaluate(source);
  const { violations } = await opened.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  await opened.close();
  const where = `${scene.name} ${look.theme} ${look.language}`;
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 4).map((node) => `${where}: ${id}: ${help}\n  ${node.html.slice(0, 220)}\n  ${node.failureSummary?.split("\n")[1] ?? ""}`),
  );
  return [...found, ...opened.faults.map((fault) => `${where}: ${fault}`)];
}

const server = await serve("dist-mock");
const browser = await startBrowser();
// Each takes the next one from here, until none is left.
const left = checks.values();
const takeAll = async () => {
  for (const check of left) check.faults = await faultsOf(check);
};
await Promise.all(Array.from({ length: AT_ONCE }, takeAll));
await browser.close();
server.close();
const faults = checks.flatMap((check) => check.faults);
faults.forEach((fault) => process.stderr.write(`${fault}\n`));
process.stdout.write(`axe-core: ${checks.length} pages, ${faults.length} faults\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
