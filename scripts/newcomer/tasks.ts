/**
 * Typical tasks of a newcomer. For each task, `scripts/newcomer/<name>.patch` contains a solution and a test
 * of the solution.
 */

/** A task, with limits on the code files that its patch may touch. */
export interface Task {
  /** The name of the task's patch, without `.patch`. */
  readonly name: string;
  /** The maximum number of code files that the patch may touch, not counting tests and generated files. */
  readonly files: number;
  /** The maximum number of packages to which the touched code files may belong. */
  readonly packages: number;
}

/** The tasks, with their limits. */
export const tasks: readonly Task[] = [
  { name: "built-in-contract", files: 3, packages: 2 },
  { name: "sdk-wrapper", files: 1, packages: 1 },
  { name: "rest-action", files: 3, packages: 2 },
  { name: "tee-provider", files: 3, packages: 2 },
  { name: "evidence-kind", files: 8, packages: 3 },
  { name: "state-root-hash", files: 1, packages: 1 },
  { name: "gateway-metric", files: 1, packages: 1 },
  { name: "relay-metric", files: 1, packages: 1 },
  { name: "metadata-version", files: 3, packages: 1 },
  { name: "page", files: 2, packages: 1 },
  { name: "persisted-state", files: 3, packages: 1 },
];

/** Returns the code files of a patch: sources, without tests and without files that `npm run docs` writes. */
export function codeFiles(changed: readonly string[]): string[] {
  return changed.filter((file) => /\.tsx?$/.test(file) && !/(^|\/)test\//.test(file));
}

/** Returns the packages of files: `trusted/core` for `trusted/core/src/a.ts`. */
export function packagesOf(files: readonly string[]): string[] {
  return [...new Set(files.map((file) => file.replace(/\/src\/.*$/, "")))];
}
