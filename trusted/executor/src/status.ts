/**
 * What became of a command. The names up to `FailedToSign` are those of 2020 (some only for parts that are not built here); the others name
 * what 2020 panicked on. Never reorder: the place in this list is how a receipt is stored.
 */
export const statuses = [
  "Ok",
  "InsufficientBalance",
  "NoBalance",
  "UnknownError",
  "BadContractId",
  "SymbolExist",
  "AssetIdNotFound",
  "NotAssetOwner",
  "BadSecret",
  "BadMachineId",
  "FailedToSign",
  /** The text is no command of this contract: not JSON, an unknown variant, a field missing, of a wrong type or beyond its limit. */
  "BadCommand",
  /** The symbol of an asset is empty, too long or has other characters than it may. */
  "BadSymbol",
  /** An order names an item that is not listed. */
  "ItemIdNotFound",
] as const;

export type Status = (typeof statuses)[number];
