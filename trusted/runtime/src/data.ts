/** `set` and `get`: the operator's files for DataPlaza. */
import type { EventOf } from "./event.ts";
import { dataRecord } from "./keep/data.ts";
import { recordOf } from "./keep/record.ts";
import { type Context, type State, type Step, started } from "./state.ts";

/**
 * Writes a file into the data area, runs the waiting joins, and returns the record with which the host stores
 * the file.
 * @throws DataError for a path that the operator may not use, and for a file that exceeds a limit
 */
export function setData(_: Context, state: State, { path, bytes }: EventOf<"set-data">): Step<"set-data"> {
  const { data } = started(state);
  data.store(path, bytes);
  return {
    state,
    value: { done: true },
    puts: [recordOf(dataRecord, { path, bytes })],
    after: data.joinWork(),
  };
}

/** Reads a file or a result from the data area. `bytes` is `undefined` if nothing is stored at the path. */
export function getData(_: Context, state: State, { path }: EventOf<"get-data">): Step<"get-data"> {
  return { state, value: { bytes: started(state).data.get(path) } };
}
