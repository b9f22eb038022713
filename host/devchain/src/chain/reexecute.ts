import { BlockBuilder, type BlockInput, type ExecutedBlock } from "../runtime/block.ts";
import type { Runtimes } from "../runtime/runtime.ts";
import { decodeExtrinsic } from "../runtime/validity.ts";

/**
 * Makes a block again from its recorded input. Does not check the extrinsics, because they were valid when
 * the block was first made.
 */
export function reexecute(
  runtimes: Runtimes,
  parent: ExecutedBlock,
  input: BlockInput,
  extrinsics: readonly Uint8Array[],
): ExecutedBlock {
  const builder = new BlockBuilder(runtimes, parent, input);
  const runtime = runtimes.at(parent.block.nextSpecVersion);
  for (const encoded of extrinsics) builder.apply(decodeExtrinsic(runtime, encoded));
  return builder.finish();
}
