import { InvalidTransaction } from "../error.ts";
import type { Invalidity } from "../runtime/validity.ts";

const sentences: Readonly<Record<Invalidity, string>> = {
  Call: "Transaction call is not expected",
  Future: "Transaction will be valid in the future",
  Stale: "Transaction is outdated",
  BadProof: "Transaction has a bad signature",
  AncientBirthBlock: "Transaction has an ancient birth block",
  ExhaustsResources: "Transaction would exhaust the block limits",
  BadSigner: "Invalid signing address",
};

/** The pool's error for an extrinsic that the runtime finds invalid. */
export function refusal(invalidity: Invalidity): InvalidTransaction {
  return new InvalidTransaction(1010, "Invalid Transaction", sentences[invalidity]);
}
