/** Seals files for DataPlaza as their owners do. */
import { utf8 } from "@pruntime/core/bytes";
import {
  encodeFileText,
  type FileKind,
  originClaim,
  type SealedFile,
  sealFile,
} from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { genesisOf, type Runtime } from "@pruntime/runtime";
import { keyPair, type Signer } from "./worker.ts";

let draws = 20;

/** A file that an account seals to a runtime's worker. */
export function seal(
  runtime: Runtime,
  by: Signer,
  kind: FileKind,
  path: string,
  bytes: Uint8Array,
): SealedFile {
  const ephemeral = keyPair(draws++);
  const worker = {
    genesisHash: genesisOf(runtime.status()!.chain),
    publicKey: runtime.identity.keyPair.publicKey,
  };
  const queryPayload = encodeFileText({ kind, path, worker, enc: ephemeral.publicKey });
  const origin = originClaim("sr25519", by.id, by.sign(utf8(queryPayload)));
  return sealFile(portableCrypto, ephemeral, worker, { queryPayload, origin }, bytes);
}
