/** The tasks of a newcomer. Each has a patch beside this file, `<name>.patch`, with a test of its effect. */

/** A task, and how many code files it may touch. */
export interface Task {
  /** The name of its patch. */
  readonly name: string;
  /** The most code files that the patch may touch, not counting tests and generated files. */
  readonly files: number;
  /** The most packages that these files may belong to. */
  readonly packages: number;
}

/** The tasks, with their limits. */
export const tasks: readonly Task[] = [
  { name: "built-in-contract", files: 3, packages: 2 },
  { name: "sdk-wrapper", files: 1, packages: 1 },
  { name: "rest-action", files: 3, packages: 2 },
  { name: "tee-provider", files: 3, packages: 2 },
  { name: "evidence-kind", files: 6, packages: 2 },
  { name: "state-root-hash", files: 1, packages: 1 },
  { name: "gateway-metric", files: 1, packages: 1 },
  { name: "relay-metric", files: 1, packages: 1 },
  { name: "metadata-version", files: 3, packages: 1 },
  { name: "page", files: 2, packages: 1 },
  { name: "persisted-state", files: 3, packages: 1 },
];

/** The files of a patch that count: sources, not tests, and not what `npm run docs` writes. */
export function codeFiles(changed: readonly string[]): string[] {
  return changed.filter((file) => /\.tsx?$/.test(file) && !/(^|\/)test\//.test(file));
}

/** The packages that files belong to: `trusted/core` of `trusted/core/src/a.ts`. */
export function packagesOf(files: readonly string[]): string[] {
  return [...new Set(files.map((file) => file.replace(/\/src\/.*$/, "")))];
}
