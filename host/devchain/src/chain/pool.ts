import { to0x } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { CodecError, decodeAll } from "@pruntime/core/scale";
import { InvalidTransaction } from "../error.ts";
import type { Storage } from "../frame/storage.ts";
import type { BlockBuilder } from "../runtime/block.ts";
import type { Runtime } from "../runtime/runtime.ts";
import {
  type CheckedExtrinsic,
  checkExtrinsic,
  checkNonce,
  decodeExtrinsic,
  eraHolds,
  type Tip,
} from "../runtime/validity.ts";
import { refusal } from "./refusal.ts";

/** The maximum number of extrinsics in the pool. */
const capacity = 8192;

/**
 * Extrinsics that wait for a block, in order of arrival. A block takes extrinsics of the same signer in order
 * of nonce.
 */
export class Pool {
  readonly #crypto: Pick<Crypto, "blake2b256">;
  /** The waiting extrinsics by hash. */
  readonly #waiting = new Map<string, CheckedExtrinsic>();
  /** The hashes of the waiting extrinsics by signer and nonce. */
  readonly #turns = new Map<string, string>();

  constructor(crypto: Pick<Crypto, "blake2b256">) {
    this.#crypto = crypto;
  }

  get encoded(): Uint8Array[] {
    return [...this.#waiting.values()].map(({ extrinsic }) => extrinsic.encoded);
  }

  /** Adds an extrinsic and returns its hash. @throws {@link InvalidTransaction} */
  add(runtime: Runtime, encoded: Uint8Array, storage: Storage, tip: Tip): Uint8Array {
    const hash = this.#crypto.blake2b256(encoded);
    const name = to0x(hash);
    if (this.#waiting.has(name))
      throw new InvalidTransaction(1013, "Transaction Already Imported", `[${name}]`);
    if (this.#waiting.size >= capacity)
      throw new InvalidTransaction(
        1016,
        "Immediately Dropped",
        "The transaction couldn't enter the pool because of the limit",
      );
    const checked = check(runtime, encoded, storage, tip);
    const turn = turnOf(checked);
    if (this.#turns.has(turn)) throw new InvalidTransaction(1014, "Priority is too low: (0 vs 0)", tooLow);
    this.#waiting.set(name, checked);
    this.#turns.set(turn, name);
    return hash;
  }

  /** Whether the pool has an extrinsic with its signer's next nonce. */
  hasReady(storage: Storage): boolean {
    for (const checked of this.#waiting.values()) if (checkNonce(checked, storage) === undefined) return true;
    return false;
  }

  /** Moves ready extrinsics into a block, and drops extrinsics that can never be valid again. */
  fill(builder: BlockBuilder, tip: Tip): void {
    for (const [name, checked] of this.#waiting) {
      if (!this.#waiting.has(name)) continue; // an earlier iteration has removed it
      for (let next: CheckedExtrinsic | undefined = checked; next !== undefined; next = this.#after(next)) {
        const verdict = this.#judge(next, builder, tip);
        if (verdict === "wait") break;
        this.#remove(next);
        if (verdict === "apply") builder.apply(next);
      }
    }
  }

  #judge(checked: CheckedExtrinsic, builder: BlockBuilder, tip: Tip): "apply" | "wait" | "drop" {
    if (checked.specVersion !== builder.specVersion || !eraHolds(checked, builder.storage, tip))
      return "drop";
    const nonce = checkNonce(checked, builder.storage);
    if (nonce !== undefined) return nonce === "Future" ? "wait" : "drop";
    return builder.fits(checked) ? "apply" : "wait";
  }

  #after({ extrinsic: { signer, nonce } }: CheckedExtrinsic): CheckedExtrinsic | undefined {
    const name = this.#turns.get(`${to0x(signer)}/${nonce + 1}`);
    return name === undefined ? undefined : this.#waiting.get(name);
  }

  #remove(checked: CheckedExtrinsic): void {
    const turn = turnOf(checked);
    const name = this.#turns.get(turn);
    this.#turns.delete(turn);
    if (name !== undefined) this.#waiting.delete(name);
  }
}

const tooLow = "The transaction has too low priority to replace another transaction already in the pool.";

function check(runtime: Runtime, encoded: Uint8Array, storage: Storage, tip: Tip): CheckedExtrinsic {
  try {
    const checked = checkExtrinsic(runtime, storage, tip, decodeExtrinsic(runtime, encoded));
    if (typeof checked === "string") throw refusal(checked);
    if (checkNonce(checked, storage) === "Stale") throw refusal("Stale");
    return checked;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw undecodable(encoded, error);
  }
}

/**
 * Makes the error for bytes that are not an extrinsic of this runtime. In a real node, the client decodes
 * only the length prefix (error 1040 on failure). The runtime decodes the rest, and traps on failure (error
 * 1002).
 * @see polkadot-sdk `substrate/client/rpc-api/src/author/error.rs`
 */
function undecodable(encoded: Uint8Array, cause: CodecError): InvalidTransaction {
  try {
    decodeAll(encoded, (r) => r.vecU8());
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return new InvalidTransaction(
      1040,
      `Client error: Could not decode \`OpaqueExtrinsic.0\`: ${error.code}`,
    );
  }
  const trap = "Execution failed: Execution aborted due to trap";
  return new InvalidTransaction(
    1002,
    `Verification Error: Runtime error: ${trap}`,
    `RuntimeApi("${trap}: ${cause.code}")`,
  );
}

function turnOf({ extrinsic: { signer, nonce } }: CheckedExtrinsic): string {
  return `${to0x(signer)}/${nonce}`;
}
