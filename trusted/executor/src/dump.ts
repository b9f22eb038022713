/**
 * State as one SCALE value: `u8` version ‖ Vec<(u32 contract, Vec<u8> key, Vec<u8> value)>, strictly ascending by contract, then key. One state
 * has one dump. Data of the operator is not in it.
 */
import { BytesError, fromUtf8, utf8 } from "@pruntime/core/bytes";
import { decodeAll, type Reader, Writer } from "@pruntime/core/scale";
import { type AnyCell, cellOf } from "./cell.ts";
import { ContractError, ExecutorError } from "./error.ts";
import { pathOf } from "./state.ts";

const version = 1;

interface Entry {
  readonly contractId: number;
  readonly key: string;
  readonly value: Uint8Array;
}

export function encodeDump(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...entries].map(entryOf).sort(compareEntries);
  return new Writer()
    .u8(version)
    .vec(sorted, (w, { contractId, key, value }) => w.u32(contractId).vecU8(utf8(key)).vecU8(value))
    .finish();
}

/**
 * Reads and checks every entry against the cells of its contract. The values are copies.
 * @throws CodecError; {@link ExecutorError} `executor/dump-version`, `executor/dump-order`, `executor/dump-contract`, `executor/dump-entry`
 */
export function decodeDump(
  bytes: Uint8Array,
  cells: (contractId: number) => readonly AnyCell[] | undefined,
): Map<string, Uint8Array> {
  return decodeAll(bytes, (r) => {
    const found = r.u8();
    if (found !== version) throw new ExecutorError({ code: "executor/dump-version", version: found });
    const entries = new Map<string, Uint8Array>();
    const count = r.count(6);
    let previous: Entry | undefined;
    for (let i = 0; i < count; i++) {
      const entry = readEntry(r, i);
      if (previous !== undefined && compareEntries(previous, entry) >= 0)
        throw new ExecutorError({ code: "executor/dump-order", entry: i });
      checkEntry(entry, i, cells);
      entries.set(pathOf(entry.contractId, entry.key), entry.value);
      previous = entry;
    }
    return entries;
  });
}

function readEntry(r: Reader, entry: number): Entry {
  const contractId = r.u32();
  try {
    const key = fromUtf8(r.vecU8());
    pathOf(contractId, key);
    return { contractId, key, value: r.vecU8().slice() };
  } catch (cause) {
    if (!(cause instanceof BytesError || cause instanceof ContractError)) throw cause;
    throw new ExecutorError({ code: "executor/dump-entry", contractId, entry }, { cause });
  }
}

function checkEntry(
  entry: Entry,
  index: number,
  cells: (contractId: number) => readonly AnyCell[] | undefined,
): void {
  const { contractId, key, value } = entry;
  const known = cells(contractId);
  if (known === undefined) throw new ExecutorError({ code: "executor/dump-contract", contractId });
  const cell = cellOf(known, key);
  if (cell === undefined) throw new ExecutorError({ code: "executor/dump-entry", contractId, entry: index });
  cell.decode(value);
}

function entryOf([path, value]: readonly [string, Uint8Array]): Entry {
  const slash = path.indexOf("/");
  return { contractId: Number(path.slice(0, slash)), key: path.slice(slash + 1), value };
}

/** Keys are ASCII, where the order of UTF-16 units is that of bytes. */
function compareEntries(a: Entry, b: Entry): number {
  if (a.contractId !== b.contractId) return a.contractId - b.contractId;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
