/**
 * The checkpoint that public chain specifications contain as `lightSyncState`: a finalized header, and the
 * node's whole record of GRANDPA's authorities at that block. The part that BABE needs is ignored.
 *
 * `AuthoritySet = authorities ‖ set id u64 ‖ ForkTree<PendingChange> ‖ Vec<PendingChange> forced ‖
 * Vec<(set id u64, last block u32)>`
 * @see https://github.com/paritytech/polkadot-sdk/blob/013d8ce049285f30f855fcd21fab4090a0a0475f/substrate/client/consensus/grandpa/src/authorities.rs
 * @see https://github.com/paritytech/polkadot-sdk/blob/f1df0c265ec9abd5e532873a919eb3b9977ebc78/substrate/client/sync-state-rpc/src/lib.rs
 */
import { decodeHeader } from "../chain/index.ts";
import { type Authority, type AuthoritySet, FinalityError, readAuthorityList } from "../grandpa/index.ts";
import { type Json, json0x, jsonObject } from "../json/index.ts";
import { decodeAll, type Reader } from "../scale/index.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { LightClientError } from "./error.ts";
import type { PendingChange } from "./light-client.ts";

/** GRANDPA's authorities, in the form in which a node keeps them. */
export interface AuthoritySetRecord extends AuthoritySet {
  /** Changes announced on the finalized chain, or on any fork above the finalized block. */
  readonly scheduled: readonly PendingChange[];
  readonly forced: readonly PendingChange[];
  /** The last block of each earlier set, as far back as the node knows. */
  readonly history: readonly SetEnd[];
}

/** The end of an earlier authority set. */
export interface SetEnd {
  readonly setId: bigint;
  /** The last block that the set finalized. */
  readonly lastBlock: number;
}

const lightSyncState = jsonObject(
  { finalizedBlockHeader: json0x(), grandpaAuthoritySet: json0x() },
  "ignored",
);

/**
 * Reads a chain specification's `lightSyncState`. Changes announced above the finalized block are not final
 * and are left out.
 * @param genesisHash the genesis hash of the specification's chain
 * @throws JsonError
 * @throws CodecError
 * @throws {@link LightClientError} `checkpoint/bad-history`
 * @throws FinalityError `finality/forced-change` when a forced change that was announced at or before the
 * finalized block is pending
 */
export function lightSyncCheckpoint(genesisHash: Uint8Array, state: Json): Checkpoint {
  const { finalizedBlockHeader: encodedHeader, grandpaAuthoritySet } = lightSyncState(state, "");
  const { number } = decodeHeader(encodedHeader);
  const { setId, authorities, scheduled, forced, history } = decodeAuthoritySetRecord(grandpaAuthoritySet);
  verifyHistory(setId, number, history);
  if (forced.some(({ announcedAt }) => announcedAt <= number))
    throw new FinalityError({ code: "finality/forced-change", number });
  const pending = scheduled.filter(({ announcedAt }) => announcedAt <= number);
  return { genesisHash, encodedHeader, authorities: { setId, authorities }, pending };
}

/**
 * Decodes the record of authorities in a `lightSyncState`.
 * @throws CodecError
 */
export function decodeAuthoritySetRecord(bytes: Uint8Array): AuthoritySetRecord {
  return decodeAll(bytes, (r) => {
    const authorities = readAuthorityList(r);
    const setId = r.u64();
    const scheduled = readForkTree(r);
    const forced = r.vec(leastChangeBytes, readChange);
    const history = r.vec(12, (r) => ({ setId: r.u64(), lastBlock: r.u32() }));
    return { setId, authorities, scheduled, forced, history };
  });
}

/** The shortest change, in bytes: authorities, delay, announcing block (number and hash), kind. */
const leastChangeBytes = 42;

/** The shortest node of the fork tree, in bytes: hash, number, change, no children. */
const leastNodeBytes: number = 36 + leastChangeBytes + 1;

/** Reads the fork tree as a list of changes. Each node precedes its children. */
function readForkTree(r: Reader): PendingChange[] {
  const changes: PendingChange[] = [];
  for (let left = r.count(leastNodeBytes); left > 0; left--) {
    r.take(36); // the node's block, which the change repeats
    changes.push(readChange(r));
    left += r.count(leastNodeBytes);
  }
  r.option((r) => r.u32()); // best finalized number
  return changes;
}

function readChange(r: Reader): PendingChange {
  const authorities: Authority[] = readAuthorityList(r);
  const [delay, announcedAt] = [r.u32(), r.u32()];
  r.take(32);
  const kind = r.u8();
  if (kind > 1) throw r.badTag("DelayKind", kind);
  if (kind === 1) r.u32(); // median last finalized
  return { announcedAt, enactsAt: announcedAt + delay, authorities };
}

/**
 * Checks that the history has no gaps from its first entry up to the current set, and that no earlier set
 * ended after the finalized block. The last blocks need not ascend. If a forced change ended a set early, as
 * has happened on Westend, the set's last block can be equal to or lower than that of the set before.
 */
function verifyHistory(setId: bigint, number: number, history: readonly SetEnd[]): void {
  history.forEach((end, i) => {
    const next = history[i + 1]?.setId ?? setId;
    if (next !== end.setId + 1n || end.lastBlock > number)
      throw new LightClientError({ code: "checkpoint/bad-history", setId });
  });
}
