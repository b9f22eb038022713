import { BlockBuilder, type BlockInput, type ExecutedBlock } from "../runtime/block.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { decodeExtrinsic } from "../runtime/validity.ts";

/** Makes a block again whose extrinsics were found valid when it was first made. */
export function reexecute(
  runtime: Runtime,
  parent: ExecutedBlock,
  input: BlockInput,
  extrinsics: readonly Uint8Array[],
): ExecutedBlock {
  const builder = new BlockBuilder(runtime, parent, input);
  for (const encoded of extrinsics) builder.apply(decodeExtrinsic(runtime, encoded));
  return builder.finish();
}
