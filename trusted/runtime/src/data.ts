/** `set` and `get`: the operator's files for DataPlaza, and the results of orders. */
import type { Work } from "@pruntime/core/work";
import { readFile, storeFile } from "@pruntime/executor";
import type { EventOf } from "./event.ts";
import { dataRecord } from "./keep/data.ts";
import { recordOf } from "./keep/record.ts";
import { type Context, type State, type Step, started } from "./state.ts";

/**
 * Writes a file into the data area, runs the waiting joins, and returns the record with which the host stores
 * the file.
 * @throws DataError for a path that the operator may not use, and for a file that exceeds a limit
 */
export function setData(
  { identity }: Context,
  state: State,
  { path, bytes }: EventOf<"set-data">,
): Step<"set-data"> {
  const { data, executor } = started(state);
  return {
    state,
    value: { done: true },
    puts: [recordOf(dataRecord, { path, bytes, ecdhPublicKey: identity.keyPair.publicKey })],
    after: storeFile(executor, data, path, bytes),
  };
}

/** Reads a file, or joins a result. `bytes` is `undefined` if nothing belongs to the path. */
export function* getData(_: Context, state: State, { path }: EventOf<"get-data">): Work<Step<"get-data">> {
  const { data, executor } = started(state);
  const bytes = yield* readFile(executor, data, path);
  return { state, value: { bytes } };
}
