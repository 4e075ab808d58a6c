// Checks what ships: nothing of the mock in it, and nothing that the content security policy would refuse.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Words that stand in the mock only. */
const MOCK = ["/home/mira", "Nordlicht", "Albireo", "mockHost"];

function filesOf(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}

const faults = [];
const sizes = { raw: 0, zipped: 0 };
for (const path of filesOf("dist")) {
  const text = readFileSync(path, "utf8");
  sizes.raw += text.length;
  sizes.zipped += gzipSync(text).length;
  faults.push(...MOCK.filter((word) => text.includes(word)).map((word) => `${path}: holds “${word}” of the mock`));
  if (path.endsWith(".html") && /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/iu.test(text)) {
    faults.push(`${path}: holds an inline script or style`);
  }
}
faults.forEach((fault) => process.stderr.write(`${fault}\n`));
process.stdout.write(`dist: ${Math.round(sizes.raw / 1000)} kB, ${Math.round(sizes.zipped / 1000)} kB zipped\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
