/** Accounts of several: a call is made once enough of them have approved it. Deposits and weights there are none. */
import { from0x, to0x } from "@pruntime/core/bytes";
import { encode } from "@pruntime/core/scale";
import { maxSignatories } from "../metadata/pallets.ts";
import { type Context, dispatchResult, rolledBack } from "./context.ts";
import { DispatchFailure } from "./failure.ts";
import type { Timepoint } from "./storage.ts";
import type { RuntimeCall } from "./validity.ts";

interface Signatories {
  readonly threshold: number;
  /** All but the one who calls, in order. */
  readonly other_signatories: readonly string[];
}

interface Approval extends Signatories {
  /** Of the first approval; absent in it. */
  readonly maybe_timepoint: Timepoint | undefined;
}

/** One of them is enough. @throws {@link DispatchFailure} */
export function asMultiThreshold1(
  context: Context,
  who: string,
  { other_signatories, call }: { readonly other_signatories: readonly string[]; readonly call: RuntimeCall },
): void {
  context.dispatch(accountOf(context, who, { threshold: 1, other_signatories }), call);
}

/** Approves, and makes the call when that was the last approval it wanted; it may fail without this one failing. @throws {@link DispatchFailure} */
export function asMulti(
  context: Context,
  who: string,
  { call, ...approval }: Approval & { readonly call: RuntimeCall },
): void {
  const { codecs, crypto } = context.runtime;
  operate(context, who, approval, to0x(crypto.blake2b256(codecs.call.enc(call))), call);
}

/** Approves a call by its hash. @throws {@link DispatchFailure} */
export function approveAsMulti(
  context: Context,
  who: string,
  { call_hash, ...approval }: Approval & { readonly call_hash: string },
): void {
  operate(context, who, approval, call_hash, undefined);
}

function operate(
  context: Context,
  who: string,
  approval: Approval,
  call_hash: string,
  call: RuntimeCall | undefined,
): void {
  const { storage, deposit } = context;
  const { threshold, maybe_timepoint: timepoint } = approval;
  if (threshold < 2) throw failure(context, "MinimumThreshold");
  const multisig = accountOf(context, who, approval);
  const key = [multisig, call_hash] as const;
  if (!storage.has("Multisig.Multisigs", key)) {
    if (timepoint !== undefined) throw failure(context, "UnexpectedTimepoint");
    storage.put(
      "Multisig.Multisigs",
      { when: context.timepoint, deposit: 0n, depositor: who, approvals: [who] },
      key,
    );
    deposit("Multisig", "NewMultisig", { approving: who, multisig, call_hash });
    return;
  }
  const open = storage.get("Multisig.Multisigs", key);
  if (timepoint === undefined) throw failure(context, "NoTimepoint");
  if (timepoint.height !== open.when.height || timepoint.index !== open.when.index)
    throw failure(context, "WrongTimepoint");
  const approvals = open.approvals.includes(who) ? open.approvals : [...open.approvals, who].sort();
  if (call !== undefined && approvals.length >= threshold) {
    storage.delete("Multisig.Multisigs", key);
    const result = dispatchResult(rolledBack(context, () => context.dispatch(multisig, call)));
    deposit("Multisig", "MultisigExecuted", { approving: who, timepoint, multisig, call_hash, result });
    return;
  }
  if (approvals === open.approvals) throw failure(context, "AlreadyApproved");
  storage.put("Multisig.Multisigs", { ...open, approvals }, key);
  deposit("Multisig", "MultisigApproval", { approving: who, timepoint, multisig, call_hash });
}

/** `blake2b256("modlpy/utilisuba" ‖ all of them in order ‖ threshold u16)`, as in pallet-multisig's `multi_account_id`. */
function accountOf(
  context: Context,
  who: string,
  { threshold, other_signatories: others }: Signatories,
): string {
  if (others.length === 0) throw failure(context, "TooFewSignatories");
  if (others.length >= maxSignatories) throw failure(context, "TooManySignatories");
  if (others.some((other, i) => i > 0 && other <= (others[i - 1] as string)))
    throw failure(context, "SignatoriesOutOfOrder");
  if (others.includes(who)) throw failure(context, "SenderInSignatories");
  const preimage = encode([...others, who].sort(), (w, all: readonly string[]) => {
    w.raw(prefix)
      .vec(all, (out, account) => out.raw(from0x(account)))
      .u16(threshold);
  });
  return to0x(context.runtime.crypto.blake2b256(preimage));
}

const prefix = Uint8Array.from("modlpy/utilisuba", (char) => char.charCodeAt(0));

function failure({ runtime }: Context, error: string): DispatchFailure {
  return new DispatchFailure(runtime.codecs.moduleError("Multisig", error));
}
