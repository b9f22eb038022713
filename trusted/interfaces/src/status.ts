/**
 * The statuses of executed commands. The names up to `FailedToSign` are from 2020, and some belong to
 * features that this program does not have. The later names are for cases in which the program of 2020
 * panicked, or ran a command that this program refuses. Never reorder this list: execution receipts store a
 * status's index.
 */
export const statusMeanings = [
  { name: "Ok", meaning: "The command was executed." },
  { name: "InsufficientBalance", meaning: "The sender has less than the command transfers." },
  { name: "NoBalance", meaning: "The sender never had a balance." },
  { name: "UnknownError", meaning: "The contract failed. Its changes were undone." },
  { name: "BadContractId", meaning: "There is no such contract, or the contract takes no commands." },
  { name: "SymbolExist", meaning: "An existing asset has this symbol, in upper or lower case." },
  { name: "AssetIdNotFound", meaning: "There is no asset with this id." },
  { name: "NotAssetOwner", meaning: "The asset belongs to another account." },
  { name: "BadSecret", meaning: "The command could not be decrypted." },
  { name: "BadMachineId", meaning: "Kept from 2020. No command ends with this status." },
  { name: "FailedToSign", meaning: "Kept from 2020. No command ends with this status." },
  {
    name: "BadCommand",
    meaning:
      "The text is not a command of this contract: it is not JSON, its name is unknown, " +
      "or a field is missing, of the wrong type or beyond its limit.",
  },
  {
    name: "BadSymbol",
    meaning: "The symbol is empty, too long, or has a character that symbols may not have.",
  },
  { name: "ItemIdNotFound", meaning: "There is no item with this id." },
  {
    name: "ChannelV1Refused",
    meaning: "The command is sealed as in 2020 (channel v1), and the worker's anchor refuses such commands.",
  },
] as const;

/** The name of a command's status. */
export type Status = (typeof statusMeanings)[number]["name"];

/** The names of all statuses. Execution receipts store an index into this list. */
export const statuses: readonly Status[] = statusMeanings.map(({ name }) => name);
