/**
 * A whole state as one SCALE value: `u8` version ‖ Vec<(Vec<u8> path, Vec<u8> value)>, paths strictly
 * ascending as bytes. Each state has exactly one dump. The dump does not contain the operator's files.
 */
import { CodecError, Reader, Writer } from "@pruntime/core/scale";
import { forEach, type Work } from "@pruntime/core/work";
import { type ContractId, contractText } from "../contract-id.ts";
import { ContractError, ExecutorError } from "../error.ts";
import { fromBinary, toBinary } from "./binary.ts";
import { entriesPerUnit } from "./overlay.ts";
import { decodePath, type Path } from "./path.ts";

const version = 2;

/**
 * Returns whether a contract's state can have an entry with this key, which is binary text (binary.ts).
 * @throws CodecError if the contract stores values of one type under the key, and `value` does not decode as
 * that type
 */
export type CheckEntry = (key: string, value: Uint8Array) => boolean;

/** Writes a whole state as a dump, in units. The keys of `entries` are paths as binary text. */
export function* encodeDump(entries: ReadonlyMap<string, Uint8Array>, limit: number): Work<Uint8Array> {
  const paths = [...entries.keys()].sort();
  const w = new Writer().u8(version).compact(paths.length);
  let bytes = 0;
  yield* forEach(paths, entriesPerUnit, (path) => {
    const value = entries.get(path) as Uint8Array;
    bytes += path.length + value.length;
    if (bytes > limit) throw new ExecutorError({ code: "executor/dump-too-large", limit });
    w.vecU8(fromBinary(path)).vecU8(value);
  });
  return w.finish();
}

/**
 * Reads a dump and checks each entry, in units. The values are copies.
 * @param fits is called with each entry before the entry is kept, and throws if it does not fit
 * @param checkOf returns the check of a contract's entries, or `undefined` if the contract does not exist
 * @throws CodecError; {@link ExecutorError} `executor/dump-version`, `executor/dump-order`,
 * `executor/dump-contract`, `executor/dump-entry`
 */
export function* decodeDump(
  bytes: Uint8Array,
  fits: (path: string, value: Uint8Array) => void,
  checkOf: (contract: ContractId) => CheckEntry | undefined,
): Work<Map<string, Uint8Array>> {
  const r = new Reader(bytes);
  const found = r.u8();
  if (found !== version) throw new ExecutorError({ code: "executor/dump-version", version: found });
  const entries = new Map<string, Uint8Array>();
  const count = r.count(2);
  let previous = "";
  for (let entry = 0; entry < count; entry++) {
    const [bytesOfPath, given] = [r.vecU8(), r.vecU8()];
    const parts = partsOf(bytesOfPath, entry); // also bounds the length of the path
    const path = toBinary(bytesOfPath);
    if (path <= previous) throw new ExecutorError({ code: "executor/dump-order", entry });
    checkEntry(parts, given, entry, checkOf);
    fits(path, given);
    entries.set(path, given.slice());
    previous = path;
    if (entry % entriesPerUnit === 0) yield;
  }
  r.end();
  return entries;
}

function partsOf(path: Uint8Array, entry: number): Path {
  try {
    return decodePath(path);
  } catch (cause) {
    if (!(cause instanceof CodecError || cause instanceof ContractError)) throw cause;
    throw new ExecutorError({ code: "executor/dump-entry", entry }, { cause });
  }
}

function checkEntry(
  { contract, key }: Path,
  value: Uint8Array,
  entry: number,
  checkOf: (contract: ContractId) => CheckEntry | undefined,
): void {
  const check = checkOf(contract);
  if (check === undefined)
    throw new ExecutorError({ code: "executor/dump-contract", contractId: contractText(contract) });
  if (!check(key, value)) throw new ExecutorError({ code: "executor/dump-entry", entry });
}
