/** Free balances and transfers. There are no fees, locks or reserves. */
import { concat, to0x } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { developmentSeed } from "../accounts/derive.ts";
import { devAccounts } from "../accounts/dev-accounts.ts";
import { ed25519Key } from "../consensus/ed25519-key.ts";
import type { Context } from "../frame/context.ts";
import { type Address, accountOf, DispatchFailure } from "../frame/failure.ts";
import type { GenesisState, Pallet } from "../frame/pallet.ts";
import { type StorageItem, storageValue } from "../frame/storage-item.ts";
import { type AccountInfo, account, emptyAccount } from "./system.ts";

/** Accounts and their free balances at genesis. */
export type Endowments = Iterable<readonly [account: Uint8Array, free: bigint]>;

interface Transfer {
  readonly dest: Address;
  readonly value: bigint;
}

const existentialDeposit = 1_000_000_000n;
const endowment = 1_000_000_000_000_000_000_000n;

const totalIssuance: StorageItem<bigint, []> = storageValue("Balances", "TotalIssuance", "u128", 0n);

/**
 * Makes the pallet for free balances and transfers.
 * @param endowed genesis accounts in addition to the development accounts
 */
export function balances(endowed: Endowments): Pallet {
  return {
    name: "Balances",
    index: 4,
    types: {
      AccountData: {
        path: "pallet_balances::types::AccountData",
        fields: { free: "u128", reserved: "u128", frozen: "u128", flags: "ExtraFlags" },
        params: { Balance: "u128" },
      },
      ExtraFlags: { path: "pallet_balances::types::ExtraFlags", fields: ["u128"] },
    },
    calls: [
      {
        name: "transfer_allow_death",
        index: 0,
        args: { dest: "MultiAddress", value: "Compact<u128>" },
        run: (context, from, args: Transfer) => transfer(context, from, args, "allow-death"),
      },
      {
        name: "transfer_keep_alive",
        index: 3,
        args: { dest: "MultiAddress", value: "Compact<u128>" },
        run: (context, from, args: Transfer) => transfer(context, from, args, "keep-alive"),
      },
    ],
    events: {
      Endowed: { account: "AccountId32", free_balance: "u128" },
      DustLost: { account: "AccountId32", amount: "u128" },
      Transfer: { from: "AccountId32", to: "AccountId32", amount: "u128" },
    },
    errors: ["InsufficientBalance", "ExistentialDeposit", "Expendability"],
    constants: { ExistentialDeposit: ["u128", existentialDeposit] },
    storage: [totalIssuance],
    genesis: (state) => endow(state, endowed),
  };
}

function transfer(
  context: Context,
  from: string,
  { dest, value }: Transfer,
  mode: "allow-death" | "keep-alive",
): void {
  const to = accountOf(dest);
  const source = context.storage.get(account, from);
  if (source.data.free < value) throw token("FundsUnavailable");
  const left = source.data.free - value;
  if (from !== to) {
    if (mode === "keep-alive" && left < existentialDeposit) throw token("NotExpendable");
    receive(context, to, value);
    spend(context, from, source, left);
  }
  context.deposit("Balances", "Transfer", { from, to, amount: value });
}

function receive({ storage, deposit }: Context, to: string, value: bigint): void {
  const info = storage.get(account, to);
  const free = info.data.free + value;
  if (free < existentialDeposit) throw token("BelowMinimum");
  if (free >= 1n << 128n)
    throw new DispatchFailure({ type: "Arithmetic", value: { type: "Overflow", value: undefined } });
  storage.put(account, { ...info, providers: 1, data: { ...info.data, free } }, to);
  if (info.providers > 0) return;
  deposit("System", "NewAccount", { account: to });
  deposit("Balances", "Endowed", { account: to, free_balance: free });
}

function spend({ storage, deposit }: Context, from: string, info: AccountInfo, left: bigint): void {
  if (left >= existentialDeposit || info.providers === 0) {
    storage.put(account, { ...info, data: { ...info.data, free: left } }, from);
    return;
  }
  storage.delete(account, from);
  deposit("System", "KilledAccount", { account: from });
  if (left === 0n) return;
  storage.put(totalIssuance, storage.get(totalIssuance) - left);
  deposit("Balances", "DustLost", { account: from, amount: left });
}

function token(error: "FundsUnavailable" | "BelowMinimum" | "NotExpendable"): DispatchFailure {
  return new DispatchFailure({ type: "Token", value: { type: error, value: undefined } });
}

/**
 * Stores the genesis balances. Many accounts have the same balance, so each distinct balance is encoded once.
 */
function endow({ crypto, codecs, storage }: GenesisState, endowed: Endowments): void {
  const free = new Map<string, bigint>(developmentAccounts(crypto).map((id) => [to0x(id), endowment]));
  for (const [id, balance] of endowed) free.set(to0x(id), balance);
  const { prefix, hashKey, value } = codecs.storage(account.pallet, account.name);
  const encoded = new Map<bigint, Uint8Array>();
  let total = 0n;
  for (const [id, balance] of free) {
    const info =
      encoded.get(balance) ??
      value.enc({ ...emptyAccount, providers: 1, data: { ...emptyAccount.data, free: balance } });
    encoded.set(balance, info);
    storage.putRaw(concat(prefix, hashKey([id])), info);
    total += balance;
  }
  storage.put(totalIssuance, total);
}

/** The development accounts: for each development name, one account for each kind of key. */
function developmentAccounts(crypto: Crypto): Uint8Array[] {
  return devAccounts.flatMap(({ name, publicKey }) => {
    const ed25519 = ed25519Key(developmentSeed(crypto, "Ed25519HDKD", name)).publicKey;
    const ecdsa = crypto.secp256k1.signer(developmentSeed(crypto, "Secp256k1HDKD", name));
    return [publicKey, ed25519, ...(ecdsa === undefined ? [] : [crypto.blake2b256(ecdsa.publicKey)])];
  });
}
