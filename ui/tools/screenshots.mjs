// Takes pictures of every scene: `node tools/screenshots.mjs FOLDER [NAME …]`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { openPage, startBrowser } from "./browser.mjs";
import { enter, SCENES } from "./scenes.mjs";
import { serve } from "./serve.mjs";

const [folder = "shots", ...wanted] = process.argv.slice(2);
const only = (name) => wanted.length === 0 || wanted.some((one) => name.startsWith(one));

const LOOKS = [
  { look: "light", theme: "light", language: "en", names: SCENES.map((scene) => scene.name) },
  { look: "dark", theme: "dark", language: "en", names: SCENES.map((scene) => scene.name) },
  { look: "arabic", theme: "light", language: "ar", names: ["search", "library", "models", "settings", "explore", "explore-topics", "explore-chosen", "explore-making", "explore-old", "library-battery", "search-reranking", "search-home", "welcome", "launcher"] },
  { look: "chinese", theme: "light", language: "zh", names: ["search", "library", "models", "explore", "explore-topics", "explore-making", "library-battery", "search-reranking", "settings"] },
  { look: "german", theme: "light", language: "de", names: ["search", "library", "library-battery", "models", "explore", "settings"] },
  { look: "small", theme: "light", language: "en", width: 900, height: 600, names: ["search", "library", "library-battery", "models", "explore", "explore-topics", "explore-preview", "explore-chosen", "explore-within", "search-reranked", "settings", "search-home"] },
];

mkdirSync(folder, { recursive: true });
const server = await serve("dist-mock");
const browser = await startBrowser();
const faults = [];
for (const { look, theme, language, names, width, height } of LOOKS) {
  for (const scene of SCENES.filter((one) => names.includes(one.name) && only(`${one.name}-${look}`))) {
    const opened = await openPage(browser, { width: scene.width ?? width, height: scene.height ?? height });
    await enter(opened.page, server.address, scene, { theme, language });
    await opened.page.screenshot({ path: join(folder, `${scene.name}-${look}.png`) });
    faults.push(...opened.faults.map((fault) => `${scene.name}-${look}: ${fault}`));
    await opened.close();
  }
}
await browser.close();
server.close();
faults.forEach((fault) => process.stderr.write(`${fault}\n`));
process.exitCode = faults.length > 0 ? 1 : 0;
