/** What code this is: sha256 of the enclave's bundle. A simulated measurement: the process reads its own file, nobody vouches for it. */
import { readFileSync } from "node:fs";
import type { Crypto } from "@pruntime/core/crypto";

export function measureBundle(crypto: Pick<Crypto, "sha256">, path: string): Uint8Array {
  return crypto.sha256(Uint8Array.from(readFileSync(path)));
}
