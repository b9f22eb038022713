/** What the command, the relay and the page say about a worker whose contract state is full. */
import type { GetStatus } from "./actions/info.ts";

/** Says since when the state is full, and what the operator can do. */
export function stateFullSentence({ bytes, limit, since }: NonNullable<GetStatus["state_full"]>): string {
  return (
    `The contract state is full since block ${since} (it needs ${bytes} bytes and may have ${limit}): ` +
    "nothing is lost, and the worker answers as of the block before; to go on, start it with a larger heap " +
    "(--enclave-heap)."
  );
}
