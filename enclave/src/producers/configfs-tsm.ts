/**
 * Makes evidence through the kernel's configfs-tsm (Linux 6.7). Each request has a folder. The report data
 * is written to `inblob`, and `outblob` then contains the quote of a TDX guest or the report of an SEV-SNP
 * guest. `generation` counts the writes to a folder. A count above one means that another process has
 * written too, so the evidence may be for the other process.
 * @see https://github.com/torvalds/linux/blob/v6.10/Documentation/ABI/testing/configfs-tsm
 */
import { type Evidence, evidenceLimits } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { Random } from "@pruntime/core/crypto";
import { QuoteError } from "./error.ts";
import { type FileSystem, fileSystem, type Tree, treeOf } from "./files.ts";
import { intelEvidence, snpEvidence } from "./formats.ts";
import type { EvidenceProducer } from "./producer.ts";

const provider = "configfs-tsm";

/** What the producer needs. */
export interface TsmOptions {
  /** The folder in which the folders of requests are made. */
  readonly root: string;
  readonly files?: FileSystem;
  /** The source of the folders' random names. */
  readonly random: Random;
  /** Waits between two attempts. Default: blocks the process for that time. */
  readonly pause?: (ms: number) => void;
}

const attempts = 6;

/** Returns a producer of evidence from the kernel, on any hardware that configfs-tsm supports. */
export function configfsTsm({
  root,
  files = fileSystem,
  random,
  pause = sleep,
}: TsmOptions): EvidenceProducer {
  const tree = treeOf(provider, root, files);
  return {
    provider,
    quote: (reportData) => {
      for (let attempt = 0; attempt < attempts; attempt++) {
        if (attempt > 0) pause(5 << attempt);
        try {
          return inFolder(tree, `pruntime-${toHex(random(8))}`, (folder) => ask(tree, folder, reportData));
        } catch (error) {
          if (!isBusy(error)) throw error;
        }
      }
      throw new QuoteError({ code: "quote/busy", provider, attempts });
    },
  };
}

function inFolder<T>(tree: Tree, folder: string, use: (folder: string) => T): T {
  tree.makeFolder(folder);
  try {
    return use(folder);
  } finally {
    tree.removeFolder(folder);
  }
}

function ask(tree: Tree, folder: string, reportData: Uint8Array): Evidence {
  tree.write(`${folder}/inblob`, reportData);
  const module = tree.line(`${folder}/provider`);
  const blob = tree.read(`${folder}/outblob`, evidenceLimits.quote);
  if (tree.line(`${folder}/generation`) !== "1") throw new QuoteError({ code: "quote/raced", provider });
  if (module === "tdx_guest") return intelEvidence(provider, "tdx", blob, reportData);
  if (module === "sev_guest") return snpEvidence(provider, blob, reportData);
  throw new QuoteError({ code: "quote/not-offered", provider, have: module });
}

/** Whether to try again: another request has made the report stale, or the firmware is busy. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof QuoteError) || error.detail.code !== "quote/unavailable") return false;
  return ["EBUSY", "EINTR", "EAGAIN"].includes(error.detail.reason);
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
