/** Decides whether a worker may replace its chain by the chain in a dump. */
import type { BlockPoint, BlockRelation } from "@pruntime/core/light-client";
import { type Chain, relationToMark } from "../../chain.ts";
import { belowMark, type Mark } from "../../mark.ts";
import { DumpError } from "../error.ts";
import type { DumpedChain } from "./read.ts";

/**
 * Checks that a dump is not older than the worker's chain, and contains the worker's mark. For a worker below
 * its mark, the dump's chain may also end before the mark. The worker then stays below its mark, as after a
 * start at its anchor.
 * @throws {@link DumpError} `dump/older`, `dump/other-fork`, `dump/too-far-ahead`, `dump/lower-set-id`
 */
export function assertMayReplace(current: Chain, dump: DumpedChain): void {
  // Below its mark, the worker may have dispatched more blocks of a fork than the dump's chain has.
  const isBelow = belowMark(current) !== undefined;
  if (!isBelow) assertNotOlder(current, dump);
  assertContains(dump, current.mark, isBelow);
}

/** @throws {@link DumpError} `dump/older` if the dump was made before the worker's last dispatched block */
function assertNotOlder(current: Chain, dump: DumpedChain): void {
  const [have, given] = [current.dispatched.number, dump.dispatched.number];
  if (given < have) throw new DumpError({ code: "dump/older", have, dump: given });
}

/**
 * Checks that the worker's highest final blocks are part of the dump's chain, and that no earlier authority
 * set than the mark's goes on from them there. Otherwise a dump could move the worker to a fork that the keys
 * of a retired authority set have signed.
 * @param mayEndBefore whether the dump's chain may end before the mark
 * @throws {@link DumpError} `dump/older`, `dump/other-fork`, `dump/too-far-ahead`, `dump/lower-set-id`
 */
function assertContains(dump: DumpedChain, mark: Mark, mayEndBefore: boolean): void {
  const { client, para } = dump;
  const relation = relationToMark(dump, mark);
  if (mark.para !== undefined && para !== undefined && relation.para !== undefined)
    assertKnownIn(mark.para, relation.para, para.finalized, mayEndBefore);
  assertKnownIn(mark.finalized, relation.finalized, client.finalized, mayEndBefore);
  const { setId } = relation;
  if (relation.finalized === "known" && setId < mark.setId)
    throw new DumpError({ code: "dump/lower-set-id", have: mark.setId, dump: setId });
}

function assertKnownIn(
  marked: BlockPoint,
  relation: BlockRelation,
  finalized: BlockPoint,
  mayEndBefore: boolean,
): void {
  const { number } = marked;
  switch (relation) {
    case "known":
      return;
    case "ahead":
      if (mayEndBefore) return;
      throw new DumpError({ code: "dump/older", have: number, dump: finalized.number });
    case "other":
      throw new DumpError({ code: "dump/other-fork", number });
    case "too-old":
      throw new DumpError({ code: "dump/too-far-ahead", number, dump: finalized.number });
  }
}
