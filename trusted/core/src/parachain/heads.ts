/**
 * Finality of a parachain. The relay chain's finalized state contains the parachain's head in `Paras.Heads`,
 * and each earlier header is the parent of the header after it. One relay block may move the head by several
 * blocks.
 * @see
 * https://github.com/paritytech/polkadot-sdk/blob/04bde5623cea69bcfab2626395ad445fd01a884f/polkadot/runtime/parachains/src/paras/mod.rs
 */
import { concat, equal } from "../bytes/index.ts";
import { decodeReceivedHeader, type ReceivedHeader } from "../chain/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { type FinalizedHeader, HeaderRun, toFinalized } from "../light-client/index.ts";
import { headersPerUnit, linkHeaders } from "../light-client/link.ts";
import { replaceFrom } from "../light-client/stage.ts";
import { decodeAll, encode } from "../scale/index.ts";
import { storagePrefix, twox64Concat } from "../storage-key/index.ts";
import { openStateProofWork } from "../trie/index.ts";
import { complete, mapEach, type Work } from "../work/index.ts";
import { ParachainError } from "./error.ts";

/** The key of `Paras.Heads(para_id)` in the relay chain's state. */
export function paraHeadKey(crypto: Pick<Crypto, "twox64" | "twox128">, paraId: number): Uint8Array {
  return concat(
    storagePrefix(crypto, "Paras", "Heads"),
    twox64Concat(
      crypto,
      encode(paraId, (w, id) => w.u32(id)),
    ),
  );
}

/**
 * The trusted inputs: a finalized state of the relay chain, the parachain's id, and the parachain's latest
 * finalized header.
 */
export interface ParaTrust {
  readonly relayStateRoot: Uint8Array;
  readonly paraId: number;
  readonly finalized: FinalizedHeader;
}

/**
 * Consecutive SCALE headers of the parachain, the last of which is the head, and a read proof of the head in
 * the relay chain's state.
 */
export interface ParaBatch {
  readonly headers: readonly Uint8Array[];
  readonly proof: readonly Uint8Array[];
}

/**
 * Stages headers of the parachain until a later head proves them. Headers that are final or staged already
 * are skipped. The first new header must be a child of the finalized block or of a staged header. If a header
 * differs from the staged header with the same number, the new headers replace the staged ones from this
 * number on.
 * @throws LightClientError, CodecError
 */
export function stageParaHeaders(...input: Parameters<typeof stageParaHeadersWork>): HeaderRun {
  return complete(stageParaHeadersWork(...input));
}

/** Does what {@link stageParaHeaders} does, in units. @throws as {@link stageParaHeaders} */
export function* stageParaHeadersWork(
  crypto: Pick<Crypto, "blake2b256">,
  finalized: FinalizedHeader,
  staged: HeaderRun,
  headers: readonly Uint8Array[],
): Work<HeaderRun> {
  const linked = yield* linkHeaders(crypto, finalized, yield* decodeAllHeaders(headers), staged);
  const { kept, fresh } = replaceFrom(staged, linked);
  return kept.append(fresh.map(toFinalized));
}

/**
 * Verifies the headers of a batch and returns those that become final.
 * @param staged the staged headers. Those before the batch become final together with the batch.
 * @throws {@link ParachainError}; LightClientError, TrieError, CodecError
 */
export function verifyParaHeaders(...input: Parameters<typeof paraHeadersWork>): HeaderRun {
  return complete(paraHeadersWork(...input));
}

/** Does what {@link verifyParaHeaders} does, in units. @throws as {@link verifyParaHeaders} */
export function* paraHeadersWork(
  crypto: Pick<Crypto, "blake2b256" | "twox64" | "twox128">,
  { relayStateRoot, paraId, finalized }: ParaTrust,
  { headers, proof }: ParaBatch,
  staged: HeaderRun = HeaderRun.after(finalized),
): Work<HeaderRun> {
  const fresh = yield* linkHeaders(crypto, finalized, yield* decodeAllHeaders(headers), staged);
  const last = headers.at(-1);
  const state = yield* openStateProofWork(crypto.blake2b256, relayStateRoot, proof);
  const value = state.read(paraHeadKey(crypto, paraId));
  if (value === undefined) throw new ParachainError({ code: "parachain/no-head", paraId });
  if (
    last === undefined ||
    !equal(
      decodeAll(value, (r) => r.vecU8()),
      last,
    )
  )
    throw new ParachainError({
      code: "parachain/wrong-head",
      paraId,
      number: fresh.at(-1)?.header.number ?? finalized.number,
    });
  const before = staged.upTo((fresh[0]?.header.number ?? 0) - 1);
  return before.append(fresh.map(toFinalized));
}

function decodeAllHeaders(headers: readonly Uint8Array[]): Work<ReceivedHeader[]> {
  return mapEach(headers, headersPerUnit, decodeReceivedHeader);
}
