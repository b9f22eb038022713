import { defineConfig } from "vite";

/** The page is served by the gateway at `/`, everything from the same origin. */
export default defineConfig({
  base: "./",
  build: { target: "es2022", chunkSizeWarningLimit: 1_500 },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
