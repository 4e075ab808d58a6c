// Times llama.cpp on a file of weights, in lines of JSON: `node llama.mjs FILE RUNS TOTAL TOKENS…`.
// TOTAL tokens are given at once, in texts of TOKENS tokens each, and then one such text alone.
import { getLlama } from "node-llama-cpp";

const [file, runs, total, ...lengths] = process.argv.slice(2);
const threads = 2;
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: threads });
const model = await llama.loadModel({ modelPath: file });

let state = 1;
const token = () => {
  state = (state * 1103515245 + 12345) % 2147483648;
  return 1000 + (state % 100000);
};

for (const tokens of lengths.map(Number)) {
  for (const texts of [Math.max(1, Math.floor(Number(total) / tokens)), 1]) {
    const context = await model.createContext({
      contextSize: tokens + 8,
      batchSize: Math.max(texts * (tokens + 8), 32),
      sequences: texts,
      threads,
    });
    const sequences = Array.from({ length: texts }, () => context.getSequence());
    const took = [];
    for (let run = 0; run <= Number(runs); run++) {
      const ids = sequences.map(() => Array.from({ length: tokens }, token));
      for (const sequence of sequences) await sequence.clearHistory();
      const begun = performance.now();
      await Promise.all(sequences.map((sequence, at) => sequence.evaluateWithoutGeneratingNewTokens(ids[at])));
      took.push(performance.now() - begun);
    }
    took.shift();
    took.sort((one, other) => one - other);
    const milliseconds = took[Math.floor(took.length / 2)];
    console.log(JSON.stringify({ tokens, texts, tokens_per_second: (texts * tokens * 1000) / milliseconds }));
    await context.dispose();
  }
}
await model.dispose();
await llama.dispose();
