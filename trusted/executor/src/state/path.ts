/**
 * Paths: where an entry stands in the whole state. A path is the id of a contract, then the entry's key, so
 * that no contract reaches another's entries. In memory paths are binary text.
 */
import { decodeAll } from "@pruntime/core/scale";
import { type ContractId, contractId } from "../contract-id.ts";
import { ContractError } from "../error.ts";
import { toBinary } from "./binary.ts";

/** The length of the longest key, in bytes. */
const maxKeyLength = 256;

/** A path in its parts. */
export interface Path {
  readonly contract: ContractId;
  readonly key: Uint8Array;
}

/**
 * The path of an entry of a contract.
 * @param contract the contract's key of maps
 * @throws {@link ContractError} `contract/bad-key`
 */
export function pathOf(contract: string, key: Uint8Array): string {
  if (key.length === 0 || key.length > maxKeyLength)
    throw new ContractError({ code: "contract/bad-key", length: key.length });
  return contract + toBinary(key);
}

/** Reads the bytes of a path. @throws CodecError; {@link ContractError} `contract/bad-key` */
export function decodePath(bytes: Uint8Array): Path {
  const path = decodeAll(bytes, (r) => ({ contract: contractId.read(r), key: r.take(r.left) }));
  pathOf("", path.key);
  return path;
}
