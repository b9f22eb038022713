/**
 * Recorded data that is never part of the repository. It stands beside the checkout (`../shared/fixtures`) or
 * where `PRUNTIME_FIXTURES` points. Where it is absent, the tests that need it are skipped and say so by
 * name.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe } from "vitest";

const root = process.env["PRUNTIME_FIXTURES"] ?? join(import.meta.dirname, "../../../shared/fixtures");

/** Whether the recorded data is here. */
export const hasFixtures: boolean = existsSync(join(root, "README.md"));

if (!hasFixtures && process.env["PRUNTIME_REQUIRE_FIXTURES"] === "1")
  throw new Error(`recorded fixtures are required here and not found at ${root}`);

/** A `describe` that runs with recorded data and is skipped, by name, without. */
export const describeRecorded: (title: string, body: () => void) => void = (title, body) => {
  if (hasFixtures) describe(title, body);
  else describe.skip(`${title} [skipped: recorded fixtures not found at ${root}]`, body);
};

/** Where a file stands, for what reads it itself. */
export function fixturePath(path: string): string {
  return join(root, path);
}

export function fixtureBytes(path: string): Uint8Array {
  const bytes = readFileSync(join(root, path));
  return Uint8Array.from(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}

export function fixtureText(path: string): string {
  return Buffer.from(fixtureBytes(path)).toString("utf8");
}

/** Base64 text files, white space around it ignored. */
export function fixtureBase64(path: string): Uint8Array {
  return Uint8Array.from(Buffer.from(fixtureText(path).trim(), "base64"));
}

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON has no declared shape; each test picks what it needs
export function fixtureJson(path: string): any {
  return JSON.parse(fixtureText(path));
}
