/** Goes on from a signed checkpoint, if it contains every block that is final already. */
import { equal } from "../bytes/index.ts";
import { decodeReceivedHeader, type ReceivedHeader } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { complete, type Work } from "../work/index.ts";
import { startFromCheckpoint } from "./checkpoint.ts";
import { LightClientError } from "./error.ts";
import { HeaderRun } from "./header-run.ts";
import { type LightClient, toFinalized } from "./light-client.ts";
import { linkHeaders } from "./link.ts";
import { recoveryHash, type SignedRecovery } from "./recovery.ts";
import type { RecoveryKeys } from "./recovery-keys.ts";
import { nothingStaged, type StagedHeaders } from "./stage.ts";
import type { VerifiedBatch } from "./verify.ts";

/** The anchor of the follower of a chain, and the recovery keys that this anchor names. */
export interface RecoveryTrust {
  /** 32 bytes. */
  readonly anchor: Uint8Array;
  /** `undefined` if the anchor names none. */
  readonly keys: RecoveryKeys | undefined;
}

/** A recovery, and the headers that lead to its checkpoint. */
export interface RecoveryPath<H extends Uint8Array | ReceivedHeader = Uint8Array> {
  readonly recovery: SignedRecovery;
  /**
   * The consecutive headers between the latest finalized block, or a staged header, and the checkpoint's
   * block. Neither of these two is needed.
   */
  readonly headers: readonly H[];
}

/**
 * Verifies a recovery. The checkpoint's block must be the latest finalized block or a descendant of it, and
 * the new set id must be higher. No digest is read on the way, because only the signed checkpoint tells which
 * authorities finalize the block after it.
 * @throws {@link LightClientError}; FinalityError, CodecError
 */
export function verifyRecovery(
  crypto: Crypto,
  trust: RecoveryTrust,
  trusted: LightClient,
  { recovery, headers }: RecoveryPath,
): VerifiedBatch {
  return complete(
    recoveryWork(crypto, trust, trusted, { recovery, headers: headers.map(decodeReceivedHeader) }),
  );
}

/** Does what {@link verifyRecovery} does, in units. @param staged these headers may be part of the path */
export function* recoveryWork(
  crypto: Crypto,
  trust: RecoveryTrust,
  trusted: LightClient,
  { recovery, headers }: RecoveryPath<ReceivedHeader>,
  staged: StagedHeaders = nothingStaged(trusted),
): Work<VerifiedBatch> {
  verifySignatures(crypto, trust, recovery);
  const { checkpoint, replacedSetId } = recovery;
  const { setId } = checkpoint.authorities;
  if (!equal(checkpoint.genesisHash, trusted.genesisHash))
    throw new LightClientError({ code: "recovery/wrong-anchor" });
  if (replacedSetId !== trusted.authorities.setId)
    throw new LightClientError({
      code: "recovery/other-set",
      want: trusted.authorities.setId,
      have: replacedSetId,
    });
  if (setId <= replacedSetId) throw new LightClientError({ code: "recovery/lower-set-id", setId });
  const next = startFromCheckpoint(crypto, checkpoint);
  const { number } = next.finalized;
  if (number < trusted.finalized.number)
    throw new LightClientError({ code: "recovery/behind", number, finalized: trusted.finalized.number });
  const path = [...headers, decodeReceivedHeader(checkpoint.encodedHeader)];
  const fresh = yield* linkHeaders(crypto, trusted.finalized, path, staged.headers);
  const [first] = fresh;
  const before =
    first === undefined ? HeaderRun.after(trusted.finalized) : staged.headers.upTo(first.header.number - 1);
  return { staged: before, finalized: fresh.map(toFinalized), next };
}

/** Checks that enough different keys of the anchor have signed. */
function verifySignatures(crypto: Crypto, { anchor, keys }: RecoveryTrust, recovery: SignedRecovery): void {
  if (keys === undefined) throw new LightClientError({ code: "recovery/no-keys" });
  if (!equal(recovery.anchor, anchor)) throw new LightClientError({ code: "recovery/wrong-anchor" });
  const hash = recoveryHash(crypto, recovery);
  const signers = new Set<Uint8Array>();
  for (const [at, { key, signature }] of recovery.signatures.entries()) {
    const listed = keys.keys.find((candidate) => equal(candidate, key));
    if (listed === undefined) throw new LightClientError({ code: "recovery/unknown-signer", signature: at });
    if (signers.has(listed)) throw new LightClientError({ code: "recovery/duplicate-signer", signature: at });
    if (!crypto.ed25519.verify(listed, hash, signature))
      throw new LightClientError({ code: "recovery/bad-signature", signature: at });
    signers.add(listed);
  }
  if (signers.size < keys.threshold)
    throw new LightClientError({
      code: "recovery/too-few-signatures",
      have: signers.size,
      need: keys.threshold,
    });
}
