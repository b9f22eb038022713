/**
 * The trust settings for an operator's own stack: a policy that accepts simulated evidence of this checkout's
 * enclave, and the anchor of the embedded chain. `pruntime up` writes both to files in the data folder before
 * the worker starts. `pruntime chain` writes only the anchor. `pruntime worker` writes only the policy, and
 * only if the worker is simulated. Commands that verify a worker read both files, unless their options
 * replace them.
 */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { genesisAnchor } from "@pruntime/client/finality";
import { fromBase64, toHex } from "@pruntime/core/bytes";
import type { AnchorTerms } from "@pruntime/core/light-client";
import { bridgeInitInfo, type Devchain } from "@pruntime/devchain";
import { badFile } from "../error.ts";
import { enclaveBundle } from "../paths.ts";
import { anchoredTerms, type TermFlags } from "../start/terms.ts";
import { maxDocumentBytes, readBytes } from "../terminal/file.ts";

/** The paths of the policy and the anchor in a data folder. */
export const localTrust = (dataDir: string): { readonly policy: string; readonly anchor: string } => ({
  policy: join(dataDir, "policy.json"),
  anchor: join(dataDir, "anchor"),
});

/**
 * Returns the JSON text of a policy that accepts only simulated evidence of this checkout's enclave. Its keys
 * may have been held by earlier builds, because a developer's worker keeps its keys across builds.
 * @throws CliError `cli/bad-file`
 */
export function developmentPolicy(): string {
  const measurement = createHash("sha256").update(readBytes(enclaveBundle, maxDocumentBytes)).digest("hex");
  return JSON.stringify({ version: 1, lineage: null, simulated: { measurements: [measurement] } }, null, 1);
}

/** The anchor of a worker that is initialized from this chain's genesis, as 64 hex digits. */
export function anchorOfChain(chain: Devchain, flags: TermFlags = { told: false }): string {
  const terms: Partial<AnchorTerms> = {
    meaning: flags.told ? { kind: "told", metadata: chain.metadata(14, chain.genesis) } : { kind: "proven" },
    genesisBalance: { kind: "development" },
    channelV1: true,
    ...anchoredTerms(flags, 0),
  };
  return toHex(genesisAnchor(chain.genesisHash, fromBase64(bridgeInitInfo(chain)), terms, chain.crypto));
}

/**
 * Writes the policy and the anchor, and returns the JSON from which the web page reads both.
 * @throws CliError `cli/bad-file`
 */
export function writeLocalTrust(dataDir: string, chain: Devchain, terms: TermFlags): string {
  const [policy, anchor] = [developmentPolicy(), anchorOfChain(chain, terms)];
  writeTrust(dataDir, "policy", policy);
  writeTrust(dataDir, "anchor", anchor);
  return JSON.stringify({ anchor, policy: JSON.parse(policy) as unknown });
}

/** Writes the policy or the anchor. @throws CliError `cli/bad-file` */
export function writeTrust(dataDir: string, what: keyof ReturnType<typeof localTrust>, text: string): void {
  writePublicly(localTrust(dataDir)[what], text);
}

/** Writes a file that every user can read. @throws CliError `cli/bad-file` */
export function writePublicly(path: string, text: string): void {
  writeInto(path, text, 0o666);
}

/** Writes a file that only this user can read. @throws CliError `cli/bad-file` */
export function writePrivately(path: string, text: string): void {
  writeInto(path, text, 0o600);
}

function writeInto(path: string, text: string, mode: number): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true }); // the mode applies only to a new file
    writeFileSync(path, `${text.trim()}\n`, { mode });
  } catch (cause) {
    throw badFile(path, cause);
  }
}
