/**
 * Paths of entries in the whole state. A path is the contract's id followed by the entry's key, so a contract
 * reaches only its own entries. In memory, paths are binary text (binary.ts).
 */
import { decodeAll } from "@pruntime/core/scale";
import { type ContractId, contractId } from "../contract-id.ts";
import { ContractError } from "../error.ts";
import { toBinary } from "./binary.ts";

/**
 * A key of a contract's storage.
 * @limit bytes
 * @source protocol: part of the rules number
 * @past `contract/bad-key`
 */
const maxKeyLength = 256;

/** The parts of a path. */
export interface Path {
  readonly contract: ContractId;
  /** Binary text. */
  readonly key: string;
}

/**
 * Returns the path of a contract's entry.
 * @param contract the contract's id as `contractKey` returns it
 * @param key the entry's key as binary text
 * @throws {@link ContractError} `contract/bad-key`
 */
export function pathOf(contract: string, key: string): string {
  checkLength(key.length);
  if (/[\u0100-\uffff]/.test(key)) throw new ContractError({ code: "contract/bad-key", length: key.length });
  return contract + key;
}

/** Reads the bytes of a path. @throws CodecError; {@link ContractError} `contract/bad-key` */
export function decodePath(bytes: Uint8Array): Path {
  const { contract, key } = decodeAll(bytes, (r) => ({ contract: contractId.read(r), key: r.take(r.left) }));
  checkLength(key.length);
  return { contract, key: toBinary(key) };
}

function checkLength(length: number): void {
  if (length === 0 || length > maxKeyLength) throw new ContractError({ code: "contract/bad-key", length });
}
