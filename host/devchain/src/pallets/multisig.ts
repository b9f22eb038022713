/**
 * Accounts with several signatories. `as_multi` runs a call as soon as enough signatories have approved the
 * call. There are no deposits, and `max_weight` is ignored.
 */
import { from0x, to0x } from "@pruntime/core/bytes";
import { encode } from "@pruntime/core/scale";
import type { RuntimeCall } from "../frame/codec.ts";
import { type Context, dispatchResult, rolledBack, type Timepoint } from "../frame/context.ts";
import { failuresOf } from "../frame/failure.ts";
import type { Pallet } from "../frame/pallet.ts";
import { type StorageItem, storageMap } from "../frame/storage-item.ts";
import { readWeight, type Weigh, writeWeight } from "../frame/weight.ts";

/** A call that waits for approvals. */
interface OpenMultisig {
  readonly when: Timepoint;
  readonly deposit: bigint;
  readonly depositor: string;
  /** The accounts that have approved the call, in ascending order. */
  readonly approvals: readonly string[];
}

interface Signatories {
  readonly threshold: number;
  /** All signatories except the calling account, in ascending order. */
  readonly other_signatories: readonly string[];
}

interface Approval extends Signatories {
  /** The timepoint of the first approval; absent in the first approval itself. */
  readonly maybe_timepoint: Timepoint | undefined;
}

/** The maximum number of signatories of a multisig account. */
const maxSignatories = 100;

const errors = [
  "MinimumThreshold",
  "AlreadyApproved",
  "NoApprovalsNeeded",
  "TooFewSignatories",
  "TooManySignatories",
  "SignatoriesOutOfOrder",
  "SenderInSignatories",
  "NotFound",
  "NotOwner",
  "NoTimepoint",
  "WrongTimepoint",
  "UnexpectedTimepoint",
  "MaxWeightTooLow",
  "AlreadyStored",
] as const;
const failure = failuresOf<(typeof errors)[number]>("Multisig");

const multisigs: StorageItem<OpenMultisig, [multisig: string, callHash: string]> = storageMap(
  "Multisig",
  "Multisigs",
  {
    key: "(AccountId32, [u8; 32])",
    hashers: ["Twox64Concat", "Blake2128Concat"],
    value: "Multisig",
  },
);

const signatories = {
  threshold: "u16",
  other_signatories: "Vec<AccountId32>",
  maybe_timepoint: "Option<Timepoint>",
};
const approval = { timepoint: "Timepoint", multisig: "AccountId32", call_hash: "[u8; 32]" };

/** The pallet for accounts with several signatories. */
export const multisig: Pallet = {
  name: "Multisig",
  index: 9,
  types: {
    Timepoint: {
      path: "pallet_multisig::Timepoint",
      fields: { height: "u32", index: "u32" },
      params: { BlockNumber: "u32" },
    },
    Multisig: {
      path: "pallet_multisig::Multisig",
      fields: {
        when: "Timepoint",
        deposit: "u128",
        depositor: "AccountId32",
        approvals: "Vec<AccountId32>",
      },
      params: { BlockNumber: "u32", Balance: "u128", AccountId: "AccountId32" },
    },
  },
  calls: [
    {
      name: "as_multi_threshold_1",
      index: 0,
      args: { other_signatories: "Vec<AccountId32>", call: "RuntimeCall" },
      run: asMultiThreshold1,
      weight: weightOf,
    },
    {
      name: "as_multi",
      index: 1,
      args: { ...signatories, call: "RuntimeCall", max_weight: "Weight" },
      run: asMulti,
      weight: (args: Nested, weigh) => weightOf(args, weigh) + 2n * (readWeight + writeWeight),
    },
    {
      name: "approve_as_multi",
      index: 2,
      args: { ...signatories, call_hash: "[u8; 32]", max_weight: "Weight" },
      run: approveAsMulti,
    },
  ],
  events: {
    NewMultisig: { approving: "AccountId32", multisig: "AccountId32", call_hash: "[u8; 32]" },
    MultisigApproval: { approving: "AccountId32", ...approval },
    MultisigExecuted: { approving: "AccountId32", ...approval, result: "Result<(), DispatchError>" },
  },
  errors,
  constants: {
    DepositBase: ["u128", 0n],
    DepositFactor: ["u128", 0n],
    MaxSignatories: ["u32", maxSignatories],
  },
  storage: [multisigs],
};

interface Nested {
  readonly other_signatories: readonly string[];
  readonly call: RuntimeCall;
}

/** Returns approximately the weight that Polkadot uses, but ignores the length of the call. */
function weightOf({ other_signatories, call }: Nested, weigh: Weigh): bigint {
  return 28_000_000n + 125_000n * BigInt(other_signatories.length) + weigh(call);
}

/** Dispatches a call as a multisig account for which one signatory is enough. */
function asMultiThreshold1(context: Context, who: string, { other_signatories, call }: Nested): void {
  context.dispatch(multisigOf(context, who, { threshold: 1, other_signatories }), call);
}

/**
 * Approves a call, and runs it if no more approvals are needed. `as_multi` itself succeeds even if the call
 * fails.
 */
function asMulti(
  context: Context,
  who: string,
  { call, ...approval }: Approval & { readonly call: RuntimeCall },
): void {
  const { codecs, crypto } = context;
  operate(context, who, approval, to0x(crypto.blake2b256(codecs.call.enc(call))), call);
}

/** Approves the call with this hash, but never runs it. */
function approveAsMulti(
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
  const multisig = multisigOf(context, who, approval);
  if (!storage.has(multisigs, multisig, call_hash)) {
    if (timepoint !== undefined) throw failure(context, "UnexpectedTimepoint");
    const opened = { when: context.timepoint, deposit: 0n, depositor: who, approvals: [who] };
    storage.put(multisigs, opened, multisig, call_hash);
    deposit("Multisig", "NewMultisig", { approving: who, multisig, call_hash });
    return;
  }
  const open = storage.get(multisigs, multisig, call_hash);
  if (timepoint === undefined) throw failure(context, "NoTimepoint");
  if (timepoint.height !== open.when.height || timepoint.index !== open.when.index)
    throw failure(context, "WrongTimepoint");
  const approvals = open.approvals.includes(who) ? open.approvals : [...open.approvals, who].sort();
  if (call !== undefined && approvals.length >= threshold) {
    storage.delete(multisigs, multisig, call_hash);
    const result = dispatchResult(rolledBack(context, () => context.dispatch(multisig, call)));
    deposit("Multisig", "MultisigExecuted", { approving: who, timepoint, multisig, call_hash, result });
    return;
  }
  if (approvals === open.approvals) throw failure(context, "AlreadyApproved");
  storage.put(multisigs, { ...open, approvals }, multisig, call_hash);
  deposit("Multisig", "MultisigApproval", { approving: who, timepoint, multisig, call_hash });
}

/**
 * Derives a multisig account as pallet-multisig's `multi_account_id` does: `blake2b256("modlpy/utilisuba" ‖
 * Vec<signatory(32)> ‖ threshold u16)`, with all signatories in ascending order.
 */
function multisigOf(
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
  return to0x(context.crypto.blake2b256(preimage));
}

const prefix = Uint8Array.from("modlpy/utilisuba", (char) => char.charCodeAt(0));
