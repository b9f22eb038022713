/** `set` and `get`: the files of DataPlaza, in clear or sealed, and the results of orders. */
import { isSealedFile, openFile, sealResult } from "@pruntime/core/channel";
import type { Work } from "@pruntime/core/work";
import { readFile, type StoredFile, storingFile } from "@pruntime/executor";
import type { EventOf } from "./event.ts";
import { dataRecord } from "./keep/data.ts";
import { recordOf } from "./keep/record.ts";
import { type Context, channelOf, type Running, type State, type Step, started } from "./state.ts";

/**
 * Opens a file if it is sealed, writes it into the data area, runs the waiting joins, and returns the record
 * with which the host stores the file.
 * @throws DataError for a path that the operator may not use, and for a file that exceeds a limit; for a
 * sealed file, ChannelError, FileError and QueryError if its owner did not seal it to this worker and path,
 * and CsvError if it is not a table
 */
export function* setData(
  context: Context,
  state: State,
  { path, bytes }: EventOf<"set-data">,
): Work<Step<"set-data">> {
  const running = started(state);
  const file = isSealedFile(bytes) ? opened(context, running, path, bytes) : { path, bytes, seal: undefined };
  yield;
  const after = yield* storingFile(running.executor, running.data, file);
  const { publicKey: ecdhPublicKey } = context.identity.keyPair;
  return {
    state,
    value: { done: true },
    puts: [recordOf(dataRecord, { ...file, ecdhPublicKey })],
    after,
  };
}

function opened(context: Context, { chain }: Running, path: string, sealed: Uint8Array): StoredFile {
  const { bytes, ...seal } = openFile(context.crypto, channelOf(context, chain), path, sealed);
  return { path, bytes, seal };
}

/**
 * Reads a file in clear, or joins a result, which is sealed to the buyer if the query file is sealed.
 * `bytes` is `undefined` if nothing belongs to the path.
 * @throws DataError `data/sealed`
 */
export function* getData(
  { crypto, random }: Context,
  state: State,
  { path }: EventOf<"get-data">,
): Work<Step<"get-data">> {
  const { data, executor } = started(state);
  const read = yield* readFile(executor, data, path);
  if (read?.sealed === undefined) return { state, value: { bytes: read?.rows } };
  yield;
  const { rows, sealed } = read;
  const { resultKey, seller, datasetBytes } = sealed;
  const bytes = sealResult(crypto, { resultKey, path, datasetBytes }, random(12), { seller, rows });
  return { state, value: { bytes } };
}
