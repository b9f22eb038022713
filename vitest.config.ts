import { defineConfig } from "vitest/config";

/** Fast lane: everything but `*.slow.test.ts`, which has a script of its own. */
export default defineConfig({
  test: {
    include: ["**/test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.slow.test.ts"],
    pool: "threads",
    testTimeout: 30_000,
    reporters: ["default"],
  },
});
