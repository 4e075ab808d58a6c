/** How the interface is built: two windows, no inline scripts or styles, and a twin with the mock host. */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: "./",
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  build: {
    outDir: mode === "mock" ? "dist-mock" : "dist",
    target: ["safari16", "chrome110"],
    // Whatever is inlined as data: the strict content security policy would refuse.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { main: "index.html", launcher: "launcher.html" } },
  },
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  test: {
    environment: "jsdom",
    setupFiles: ["tests/setup.ts"],
    include: ["tests/**/*.test.ts"],
    restoreMocks: true,
    testTimeout: 30_000,
  },
}));
