import { defineConfig } from "vite";

/** The gateway serves the page at `/`; all files come from the same origin. */
export default defineConfig({
  base: "./",
  build: { target: "es2022", chunkSizeWarningLimit: 1_500 },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
