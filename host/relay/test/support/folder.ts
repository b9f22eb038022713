import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeLater } from "./scene.ts";

/** An empty folder that is deleted after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pruntime-relay-"));
  closeLater(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
