import type { Block } from "../block.ts";
import { DevchainError } from "../error.ts";
import type { FinalityProof } from "../types.ts";

/** The maximum number of headers that a node sends with a finality proof. */
const maxUnknownHeaders = 100_000;

/** The parts of the chain that a finality proof needs. */
export interface FinalityView {
  readonly finalized: Block;
  readonly strict: boolean;
  /** The numbers of the blocks that ended an authority set, ascending. */
  readonly setEnds: readonly number[];
  readonly blockAt: (number: number) => Block;
  readonly justify: (block: Block) => Uint8Array;
}

/**
 * Works like `grandpa_proveFinality` of a real node: proves the last block of the authority set that
 * finalizes block `number`, or the latest finalized block if the set's last block is not final yet. A strict
 * chain, like a real node, refuses until the last block of its first set is final.
 * @throws {@link DevchainError} `devchain/not-finalized`, `devchain/not-covered`
 */
export function proveFinality(view: FinalityView, number: number): FinalityProof {
  if (number > view.finalized.header.number)
    throw new DevchainError({ code: "devchain/not-finalized", number });
  const target = view.blockAt(targetOf(view, number));
  const unknownHeaders: Uint8Array[] = [];
  for (let n = number + 1; n <= target.header.number && unknownHeaders.length < maxUnknownHeaders; n++)
    unknownHeaders.push(view.blockAt(n).encodedHeader);
  return { target, justification: view.justify(target), unknownHeaders };
}

function targetOf({ finalized, strict, setEnds }: FinalityView, number: number): number {
  const ended = setEnds.find((end) => end >= number && end <= finalized.header.number);
  if (ended !== undefined) return ended;
  const anyEnded = setEnds.some((end) => end <= finalized.header.number);
  if (strict && !anyEnded) throw new DevchainError({ code: "devchain/not-covered", number });
  return finalized.header.number;
}
