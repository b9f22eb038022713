/**
 * Stores inputs in files: genuine inputs in `corpus/`, which is committed, and inputs with a finding in
 * `crashes/`, which Git ignores.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "./check.ts";
import type { Genuine, Target } from "./target.ts";

const here = import.meta.dirname;

/** The names of all targets, which are the names of the files in `targets/`. */
export function targetNames(): readonly string[] {
  return readdirSync(join(here, "targets")).map((file) => file.replace(/\.ts$/, ""));
}

export async function loadTarget(name: string): Promise<Target> {
  const { target } = (await import(join(here, "targets", `${name}.ts`))) as { readonly target: Target };
  return target;
}

/** The bytes of a stored input. */
export function keptInput(target: string, name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(here, "corpus", target, `${name}.bin`)));
}

export function readCorpus(target: string): ReadonlyMap<string, Uint8Array> {
  const files = readdirSync(join(here, "corpus", target)).filter((file) => file.endsWith(".bin"));
  return new Map(files.map((file) => file.slice(0, -4)).map((name) => [name, keptInput(target, name)]));
}

/** Replaces a target's corpus. */
export function writeCorpus(target: string, inputs: Genuine): void {
  const folder = join(here, "corpus", target);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(inputs)) writeFileSync(join(folder, `${name}.bin`), bytes);
}

/** Stores the input of a finding, and returns the file's path. */
export function saveFinding(target: string, seed: number, { kind, input, detail }: Finding): string {
  const folder = join(here, "crashes", target);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${kind}-${createHash("sha256").update(input).digest("hex").slice(0, 12)}`);
  writeFileSync(`${path}.bin`, input);
  writeFileSync(`${path}.txt`, `seed ${seed}\n${detail}\n`);
  return `${path}.bin`;
}
