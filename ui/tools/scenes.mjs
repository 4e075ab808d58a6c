// Every state of the interface that is looked at and checked, and how one gets there.

const go = (number) => (page) => page.keyboard.press(`Control+${number}`);
const rest = (page, milliseconds = 400) => page.waitForTimeout(milliseconds);

async function ask(page, question) {
  await page.locator("[data-search-field]").fill(question);
  await rest(page, 450);
}

export const SCENES = [
  { name: "welcome", scene: "new", steps: async () => {} },
  { name: "welcome-model", scene: "new", steps: async (page) => page.locator("[data-next]").click() },
  { name: "search-home", scene: "", steps: async () => {} },
  { name: "search-empty-library", scene: "empty", steps: async () => {} },
  { name: "search", scene: "", steps: async (page) => ask(page, "heating costs in winter") },
  { name: "search-filtered", scene: "", steps: async (page) => ask(page, "deposit lang:de,es") },
  {
    name: "search-menu", scene: "",
    steps: async (page) => {
      await ask(page, "bread");
      await page.locator("header .menu button").first().click();
    },
  },
  { name: "search-nothing-close", scene: "", steps: async (page) => ask(page, "quarterly zebra accounting") },
  { name: "search-nothing", scene: "", steps: async (page) => ask(page, "zebra type:epub lang:ja") },
  { name: "search-problem", scene: "", steps: async (page) => ask(page, "fail:") },
  {
    name: "search-book", scene: "",
    steps: async (page) => {
      await ask(page, "whale sea");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await rest(page);
    },
  },
  {
    name: "search-reranking", scene: "done,reranker",
    steps: async (page) => ask(page, "heating costs in winter"),
  },
  {
    name: "search-reranked", scene: "done,reranker",
    steps: async (page) => {
      await ask(page, "heating costs in winter");
      await page.keyboard.press("ArrowDown");
      await rest(page, 1500);
    },
  },
  {
    name: "search-not-reranked", scene: "done,reranker,broken",
    steps: async (page) => {
      await ask(page, "heating costs in winter");
      await rest(page, 1500);
    },
  },
  { name: "search-hostile", scene: "", steps: async (page) => ask(page, "page that means harm") },
  { name: "library", scene: "", steps: go(2) },
  { name: "library-troubles", scene: "troubles", steps: go(2) },
  { name: "library-battery", scene: "battery", steps: go(2) },
  { name: "library-empty", scene: "empty", steps: go(2) },
  {
    name: "library-rules", scene: "done",
    steps: async (page) => {
      await go(2)(page);
      await page.locator("[data-rules]").first().click();
    },
  },
  {
    name: "explore", scene: "done",
    steps: async (page) => {
      await go(3)(page);
      await rest(page, 1500);
    },
  },
  {
    name: "explore-topics", scene: "done",
    steps: async (page) => {
      await go(3)(page);
      await rest(page, 800);
      await page.getByRole("radio").nth(1).click();
      await page.locator('[role="treeitem"]').first().click();
    },
  },
  {
    name: "explore-alike", scene: "done",
    steps: async (page) => {
      await go(3)(page);
      await rest(page, 800);
      await page.getByRole("radio").nth(2).click();
    },
  },
  {
    name: "explore-odd", scene: "done",
    steps: async (page) => {
      await go(3)(page);
      await rest(page, 800);
      await page.getByRole("radio").nth(3).click();
      await page.locator("[data-standing]").first().click();
      await rest(page);
    },
  },
  {
    name: "explore-chosen", scene: "done",
    steps: async (page) => {
      await go(3)(page);
      await rest(page, 800);
      const box = await page.getByRole("application").boundingBox();
      const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
      await page.locator("[data-lasso]").click();
      await page.mouse.move(...at(0.4, 0.35));
      await page.mouse.down();
      for (const [x, y] of [[0.6, 0.3], [0.65, 0.5], [0.55, 0.65], [0.4, 0.6]]) await page.mouse.move(...at(x, y), { steps: 6 });
      await page.mouse.up();
      await page.mouse.move(...at(0.5, 0.48));
    },
  },
  {
    name: "explore-preview", scene: "done",
    steps: async (page) => {
      await go(3)(page);
      await rest(page, 800);
      const box = await page.getByRole("application").boundingBox();
      for (let step = 0; step < 12 && (await page.locator("[data-tip]").count()) === 0; step += 1) {
        await page.mouse.move(box.x + box.width / 2 + step * 4, box.y + box.height / 2);
      }
      await page.mouse.down();
      await page.mouse.up();
      await rest(page, 800);
    },
  },
  {
    name: "explore-within", scene: "done",
    steps: async (page) => {
      await go(3)(page);
      await rest(page, 800);
      await page.getByRole("radio").nth(1).click();
      await page.locator("[data-search-topic]").click();
      await rest(page, 600);
    },
  },
  { name: "explore-old", scene: "done,old", steps: go(3) },
  { name: "explore-making", scene: "done,mapping", steps: go(3) },
  { name: "explore-empty", scene: "empty", steps: go(3) },
  {
    name: "models", scene: "done",
    steps: async (page) => {
      await go(4)(page);
      await rest(page);
      await page.locator('[data-resume="bge-m3"]').click();
      await rest(page, 700);
    },
  },
  {
    name: "models-switch", scene: "done",
    steps: async (page) => {
      await go(4)(page);
      await rest(page);
      await page.locator('[data-use="Qwen3-Embedding-0.6B"]').click();
      await rest(page);
    },
  },
  {
    name: "models-switching", scene: "done",
    steps: async (page) => {
      await go(4)(page);
      await rest(page);
      await page.locator('[data-use="Qwen3-Embedding-0.6B"]').click();
      await page.locator("dialog [data-begin]:not(:disabled)").click();
      await rest(page, 1500);
    },
  },
  {
    name: "models-compare", scene: "done",
    steps: async (page) => {
      await go(4)(page);
      await rest(page);
      await page.locator("[data-compare]").click();
      await page.locator("dialog [data-begin]").click();
      await rest(page, 3200);
    },
  },
  { name: "settings", scene: "done", steps: go(5) },
  { name: "settings-reranker", scene: "done,reranker", steps: go(5) },
  {
    name: "settings-erase", scene: "done",
    steps: async (page) => {
      await go(5)(page);
      await page.locator("[data-erase]").click();
    },
  },
  {
    name: "shortcuts", scene: "done",
    steps: async (page) => {
      await page.keyboard.press("F1");
    },
  },
  {
    name: "launcher", scene: "done", path: "/launcher.html", width: 640, height: 420,
    steps: async (page) => {
      await page.locator("input").fill("deposit");
      await rest(page, 450);
    },
  },
];

/** Opens a scene in a page, and waits until it is drawn. */
export async function enter(page, address, scene, { theme, language }) {
  const query = new URLSearchParams({ scene: scene.scene, theme, language });
  await page.goto(`${address}${scene.path ?? "/index.html"}?${query}`);
  await page.waitForSelector("main, dialog, [data-launcher], [data-welcome]");
  await page.waitForTimeout(150);
  await scene.steps(page);
  await page.waitForTimeout(250);
}
