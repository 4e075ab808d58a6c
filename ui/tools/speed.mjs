// Measures in the browser of this machine: keystroke to request and to first hits on screen, and panning the map.
import { openPage, startBrowser } from "./browser.mjs";
import { enter, SCENES } from "./scenes.mjs";
import { serve } from "./serve.mjs";

const server = await serve("dist-mock");
const browser = await startBrowser();
const look = { theme: "light", language: "en" };
const opened = await openPage(browser);
await enter(opened.page, server.address, SCENES.find((one) => one.name === "search-home"), look);
const typing = await opened.page.evaluate(async () => {
  const field = document.querySelector("[data-search-field]");
  const times = [];
  for (const question of ["h", "he", "hea", "heat", "heati", "heatin", "heating", "heating c", "bread", "whale"]) {
    const begin = performance.now();
    field.value = question;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const asked = performance.now() - begin;
    await new Promise((resolve) => {
      const seen = new MutationObserver(() => (seen.disconnect(), requestAnimationFrame(() => resolve())));
      seen.observe(document.querySelector("main"), { childList: true, subtree: true, characterData: true, attributes: true });
      setTimeout(resolve, 300);
    });
    times.push({ asked, shown: performance.now() - begin });
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return times;
});
await enter(opened.page, server.address, SCENES.find((one) => one.name === "explore"), look);
const box = await opened.page.locator(".map").last().boundingBox();
const pan = await opened.page.evaluate(async ({ x, y }) => {
  const ground = document.elementFromPoint(x, y);
  const send = (kind, at) => ground.parentElement.dispatchEvent(new PointerEvent(kind, { clientX: x + at, clientY: y, button: 0, pointerId: 1, bubbles: true }));
  const frames = [];
  let before = performance.now();
  ground.parentElement.setPointerCapture = () => undefined;
  send("pointerdown", 0);
  for (let step = 1; step <= 90; step += 1) {
    send("pointermove", step * 3);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - before);
    before = now;
  }
  send("pointerup", 270);
  return frames.sort((one, other) => one - other);
}, { x: box.x + box.width / 2, y: box.y + 120 });
await browser.close();
server.close();
const middle = (list) => list.sort((one, other) => one - other)[Math.floor(list.length / 2)].toFixed(1);
process.stdout.write(
  `keystroke to request: ${middle(typing.map((one) => one.asked))} ms\n` +
    `keystroke to hits on screen (the mock answers after 4 ms): ${middle(typing.map((one) => one.shown))} ms\n` +
    `a frame while 20,000 points are moved: ${middle(pan)} ms, the slowest ${pan.at(-1).toFixed(1)} ms\n`,
);
