// Runs axe-core over every scene, light and dark, in English and Arabic: `node tools/axe.mjs [NAME …]`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { openPage, startBrowser } from "./browser.mjs";
import { enter, SCENES } from "./scenes.mjs";
import { serve } from "./serve.mjs";

const wanted = process.argv.slice(2);
const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = [
  { theme: "light", language: "en" },
  { theme: "dark", language: "en" },
  { theme: "light", language: "ar" },
  { theme: "dark", language: "ar" },
];

const server = await serve("dist-mock");
const browser = await startBrowser();
let checked = 0;
const faults = [];
for (const scene of SCENES.filter((one) => wanted.length === 0 || wanted.includes(one.name))) {
  for (const look of LOOKS) {
    const opened = await openPage(browser, { width: scene.width, height: scene.height });
    await enter(opened.page, server.address, scene, look);
    // The evaluation goes past the content security policy of the page, which stays as it is.
    await opened.page.evaluate(source);
    const { violations } = await opened.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const where = `${scene.name} ${look.theme} ${look.language}`;
    for (const { id, help, nodes } of violations) {
      faults.push(...nodes.slice(0, 4).map((node) => `${where}: ${id}: ${help}\n  ${node.html.slice(0, 220)}\n  ${node.failureSummary?.split("\n")[1] ?? ""}`));
    }
    faults.push(...opened.faults.map((fault) => `${where}: ${fault}`));
    checked += 1;
    await opened.close();
  }
}
await browser.close();
server.close();
faults.forEach((fault) => process.stderr.write(`${fault}\n`));
process.stdout.write(`axe-core: ${checked} pages, ${faults.length} faults\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
