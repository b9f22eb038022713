/** Explains errors in plain sentences. */
import { ClientError } from "@pruntime/client";
import { ProtocolError } from "@pruntime/core/errors";
import { JsonError } from "@pruntime/core/json";

/** A short description of an error for the user. */
export function reasonOf(error: unknown): string {
  if (error instanceof ClientError) return reasonOfClient(error.detail);
  if (error instanceof JsonError) return reasonOfJson(error);
  if (error instanceof ProtocolError) return `The check failed with the code ${error.code}.`;
  return error instanceof Error ? error.message : String(error);
}

/** Where a value is wrong, as a JSON pointer, and what is expected there. */
export function reasonOfJson({ detail }: JsonError): string {
  const at = "at" in detail && detail.at !== "" ? ` at ${detail.at}` : "";
  const want = "want" in detail ? `: this must be ${detail.want}` : ` (${detail.code})`;
  return `The value${at} does not fit${want}.`;
}

function reasonOfClient(detail: ClientError["detail"]): string {
  switch (detail.code) {
    case "client/unreachable":
      return "The worker cannot be reached. Check that it runs and that this machine can reach it.";
    case "client/refused":
      return detail.message || `The worker refused the call: ${detail.reason}.`;
    case "client/policy-refused":
      return `The policy rejects this worker: ${detail.reasons.join("; ")}.`;
    case "client/contract-refused":
      return detail.reason === "NotAuthorized"
        ? "The contract answers this only to the account itself. Choose that account."
        : `The contract refused the request: ${detail.reason}.`;
    case "client/stale":
      return "The worker's latest block is too old. Check that its relay runs and the chain makes blocks.";
    case "client/wrong-chain":
      return "The worker follows another chain than the anchor names.";
    case "client/wrong-key":
      return "Another worker answers at this address: its key is not the key that was verified.";
    case "client/bad-signature":
      return "The worker's key did not sign this reply. The reply was discarded.";
    case "client/bad-account":
      return `This is not an account. Give ${detail.want}.`;
    case "client/no-such-call":
      return `The chain has no call ${detail.call}.`;
    case "client/node-unreachable":
      return "The chain's node cannot be reached through this server. No command was sent.";
    case "client/node-on-other-chain":
      return (
        `The node is of another chain (genesis ${detail.node}) than the worker (genesis ${detail.worker}). ` +
        "No command was sent."
      );
    case "client/not-executed":
      return (
        `The command is final in block ${detail.blockNumber}, but the worker has no receipt for it yet. ` +
        `It has executed block ${detail.dispatchedNumber}.`
      );
    case "client/transaction-failed":
      return `The chain did not accept the transaction: ${detail.reason}.`;
    default:
      return `The check failed with the code ${detail.code}.`;
  }
}
