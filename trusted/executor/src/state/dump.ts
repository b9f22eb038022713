/**
 * A whole state as one SCALE value: `u8` version ‖ Vec<(Vec<u8> path, Vec<u8> value)>, paths strictly
 * ascending as bytes. Each state has exactly one dump. The dump does not contain the operator's files.
 */
import { CodecError, decodeAll, Writer } from "@pruntime/core/scale";
import { type ContractId, contractText } from "../contract-id.ts";
import { ContractError, ExecutorError } from "../error.ts";
import { fromBinary, toBinary } from "./binary.ts";
import { decodePath, type Path } from "./path.ts";

const version = 2;

/**
 * Returns whether a contract's state can have an entry with this key, which is binary text (binary.ts).
 * @throws CodecError if the contract stores values of one type under the key, and `value` does not decode as
 * that type
 */
export type CheckEntry = (key: string, value: Uint8Array) => boolean;

/** Writes a whole state as a dump. The keys of `entries` are paths as binary text. */
export function encodeDump(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Writer()
    .u8(version)
    .vec(sorted, (w, [path, value]) => w.vecU8(fromBinary(path)).vecU8(value))
    .finish();
}

/**
 * Reads a dump and checks each entry. The values are copies.
 * @param checkOf returns the check of a contract's entries, or `undefined` if the contract does not exist
 * @throws CodecError; {@link ExecutorError} `executor/dump-version`, `executor/dump-order`,
 * `executor/dump-contract`, `executor/dump-entry`
 */
export function decodeDump(
  bytes: Uint8Array,
  checkOf: (contract: ContractId) => CheckEntry | undefined,
): Map<string, Uint8Array> {
  return decodeAll(bytes, (r) => {
    const found = r.u8();
    if (found !== version) throw new ExecutorError({ code: "executor/dump-version", version: found });
    const entries = new Map<string, Uint8Array>();
    const count = r.count(2);
    let previous = "";
    for (let entry = 0; entry < count; entry++) {
      const [bytesOfPath, value] = [r.vecU8(), r.vecU8().slice()];
      const parts = partsOf(bytesOfPath, entry); // also bounds the length of the path
      const path = toBinary(bytesOfPath);
      if (path <= previous) throw new ExecutorError({ code: "executor/dump-order", entry });
      checkEntry(parts, value, entry, checkOf);
      entries.set(path, value);
      previous = path;
    }
    return entries;
  });
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
