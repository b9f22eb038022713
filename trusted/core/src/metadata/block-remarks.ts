/** Pairs `System.Remarked` events with the remarks in the block's body. */
import { toHex } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { complete, forEach, type Work } from "../work/index.ts";
import type { EventRecord } from "./events.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import type { RemarkFinder } from "./remarks.ts";
import { hasEvent, requireEvent } from "./require.ts";

/** The content of a `System.Remarked` event, which reports a remark in an extrinsic. */
export interface Remarked {
  /** Index of the extrinsic within its block. */
  readonly extrinsic: number;
  /** The account that made the remark, 32 bytes. It is not always the extrinsic's signer. */
  readonly sender: Uint8Array;
  /** blake2b-256 of the remark. */
  readonly hash: Uint8Array;
}

const [pallet, event] = ["System", "Remarked"];

/**
 * Returns whether a runtime has the event `System.Remarked`.
 * @throws MetadataError `metadata/event-mismatch` if the event's fields are not the expected ones
 */
export function hasRemarked(metadata: RuntimeMetadata): boolean {
  if (!hasEvent(metadata, pallet, event)) return false;
  requireEvent(metadata, pallet, event, { sender: "[u8; 32]", hash: "[u8; 32]" });
  return true;
}

/**
 * Reads a `System.Remarked` event, of a runtime for which {@link hasRemarked} returned `true`. Returns
 * `undefined` for any other event, and for an event that no extrinsic emitted, because no body contains its
 * remark.
 */
export function readRemarked({ pallet: from, name, phase, fields }: EventRecord): Remarked | undefined {
  const { sender, hash } = fields;
  if (from !== pallet || name !== event || phase.kind !== "apply-extrinsic") return undefined;
  if (!(sender instanceof Uint8Array && hash instanceof Uint8Array)) return undefined;
  return { extrinsic: phase.index, sender, hash };
}

/**
 * The remarks in one block's body, by extrinsic and hash. An extrinsic is searched once, when one of its
 * remarks is first requested.
 */
export class BlockRemarks {
  readonly #crypto: Pick<Crypto, "blake2b256">;
  readonly #find: RemarkFinder;
  readonly #body: readonly Uint8Array[];
  readonly #tag: Uint8Array;
  readonly #known = new Map<number, ReadonlyMap<string, Uint8Array>>();

  /**
   * @param body the block's extrinsics, already proven, each starting with its compact length
   * @param tag only remarks that start with these bytes are found; by default, every remark is found
   */
  constructor(
    crypto: Pick<Crypto, "blake2b256">,
    find: RemarkFinder,
    body: readonly Uint8Array[],
    tag: Uint8Array = new Uint8Array(),
  ) {
    this.#crypto = crypto;
    this.#find = find;
    this.#body = body;
    this.#tag = tag;
  }

  /**
   * The remark that an event reports, as a view of the body. `undefined` if the extrinsic does not contain
   * the remark, because a contract, another chain or a call from an earlier block made it, or if the remark
   * lacks the tag.
   */
  of({ extrinsic, hash }: Remarked): Uint8Array | undefined {
    complete(this.search(extrinsic));
    return this.#known.get(extrinsic)?.get(toHex(hash));
  }

  /** Searches an extrinsic in units, unless it has been searched before. {@link of} is then fast. */
  *search(extrinsic: number): Work<void> {
    if (this.#known.has(extrinsic)) return;
    const bytes = this.#body[extrinsic];
    const found = bytes === undefined ? [] : yield* this.#find(bytes, this.#tag);
    const remarks = new Map<string, Uint8Array>();
    yield* forEach(found, remarksPerUnit, (remark) => {
      remarks.set(toHex(this.#crypto.blake2b256(remark)), remark);
    });
    this.#known.set(extrinsic, remarks);
  }
}

/**
 * The remarks of an extrinsic that are hashed in one unit of work.
 * @limit remarks
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses, and a query may run
 */
const remarksPerUnit = 256;
