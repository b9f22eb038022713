/**
 * The mark: the highest final blocks that a worker has ever verified, and the highest serial of a signed
 * policy, sealed beside its keys. The keys of a retired authority set may leak. A holder of these keys could
 * sign a second chain, and feed it to a worker that starts again at its anchor. The mark makes such a worker
 * refuse the second chain, because that chain lacks the marked block.
 */
import { equal } from "@pruntime/core/bytes";
import type { BlockPoint, FinalizedHeader, HeaderRun, LightClient } from "@pruntime/core/light-client";
import { RuntimeError } from "./error.ts";
import { newestSerial, type Policies } from "./policies.ts";

/** The highest blocks that a worker has verified as final. */
export interface Mark {
  /** The block of the chain that GRANDPA finalizes. */
  readonly finalized: BlockPoint;
  /** The id of the authority set that finalizes the block after `finalized`. */
  readonly setId: bigint;
  /** The block of the parachain. `undefined` unless the worker follows a parachain. */
  readonly para: BlockPoint | undefined;
  /** The highest serial of a signed policy in dispatched blocks; 0 if there was none. */
  readonly policySerial: number;
}

/** A worker's finality on the chains that it follows, and the signed policies on its chain. */
export interface Finality {
  readonly client: LightClient;
  readonly para: { readonly finalized: FinalizedHeader } | undefined;
  readonly policies: Policies;
}

/** Finds the header of a number among headers that become final, or returns `undefined`. */
export type NewlyFinal = Pick<HeaderRun, "at">;

/** The mark of a worker that has never known higher blocks than these. */
export function markOf({ client, para, policies }: Finality): Mark {
  return {
    finalized: pointOf(client.finalized),
    setId: client.authorities.setId,
    para: para && pointOf(para.finalized),
    policySerial: newestSerial(policies),
  };
}

/** Returns the mark with this serial, unless the mark's own is higher. */
export function withSerial(mark: Mark, policySerial: number): Mark {
  return policySerial > mark.policySerial ? { ...mark, policySerial } : mark;
}

/**
 * Returns the mark after headers of the chain that GRANDPA finalizes became final. The mark does not change
 * before these headers reach it. At the marked block itself, the authority set may be an earlier one: a
 * recovery of this block may have replaced the set, or no digest may have announced the next one, and a
 * restarted worker then needs the recovery or the set again. It stays below its mark until then. Past the
 * marked block, the id of the signing set decides. The set of the light client does not: a replaced set can
 * announce changes in blocks of its own, until the ids are as high as the mark's.
 * @param client the light client after these headers
 * @param signedBy the id of the authority set that signed the justification of the last header. For a
 * recovery, the id of the set in the checkpoint
 * @throws {@link RuntimeError} `runtime/contradicts-mark`
 */
export function markAfter(mark: Mark, client: LightClient, headers: NewlyFinal, signedBy: bigint): Mark {
  assertMeets(mark.finalized, headers);
  const { finalized, authorities } = client;
  const { number } = finalized;
  const { setId } = authorities;
  if (number < mark.finalized.number) return mark;
  if (number > mark.finalized.number && signedBy < mark.setId)
    throw new RuntimeError({ code: "runtime/contradicts-mark", what: "set-id", number });
  return setId < mark.setId ? mark : { ...mark, finalized: pointOf(finalized), setId };
}

/**
 * Returns the mark after headers of the parachain became final. The mark does not change before these headers
 * reach it.
 * @param finalized the last of these headers
 * @throws {@link RuntimeError} `runtime/contradicts-mark`
 */
export function markAfterPara(mark: Mark, finalized: FinalizedHeader, headers: NewlyFinal): Mark {
  const { para } = mark;
  if (para === undefined) return mark;
  assertMeets(para, headers);
  return finalized.number < para.number ? mark : { ...mark, para: pointOf(finalized) };
}

/**
 * A marked block, and the finalized block of the same chain. The finalized block is below the marked one, or
 * still has the authority set before the mark's, or the worker has not dispatched the block with the newest
 * policy yet.
 */
export interface BelowMark {
  readonly mark: number;
  readonly finalized: number;
}

/**
 * Returns the marked block that the worker has not reached, or `undefined` if the worker has reached all of
 * its mark.
 */
export function belowMark({
  mark,
  client,
  para,
  policies,
}: Finality & { readonly mark: Mark }): BelowMark | undefined {
  const unreached = blockBelow(mark, { client, para });
  if (unreached !== undefined) return unreached;
  if (client.authorities.setId >= mark.setId && newestSerial(policies) >= mark.policySerial) return undefined;
  return { mark: mark.finalized.number, finalized: client.finalized.number };
}

/** Returns the marked block that these final blocks do not reach, or `undefined` if they reach all. */
export function blockBelow(
  mark: Mark,
  { client, para }: Pick<Finality, "client" | "para">,
): BelowMark | undefined {
  const pairs = [
    [mark.finalized, client.finalized],
    [mark.para, para?.finalized],
  ] as const;
  for (const [marked, own] of pairs)
    if (marked !== undefined && own !== undefined && own.number < marked.number)
      return { mark: marked.number, finalized: own.number };
  return undefined;
}

/** Checks that the header at the marked height, if it is among these headers, is the marked block's. */
function assertMeets({ number, hash }: BlockPoint, headers: NewlyFinal): void {
  const met = headers.at(number);
  if (met !== undefined && !equal(met.hash, hash))
    throw new RuntimeError({ code: "runtime/contradicts-mark", what: "block", number });
}

function pointOf({ number, hash }: FinalizedHeader): BlockPoint {
  return { number, hash };
}
