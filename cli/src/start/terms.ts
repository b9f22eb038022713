/** The operator's decisions about a worker's start: command-line options, and the terms that they express. */
import { accountIdOf } from "@pruntime/client/chain";
import { fromHex, toHex } from "@pruntime/core/bytes";
import { decodeJson, JsonError } from "@pruntime/core/json";
import {
  type AnchorTerms,
  type GenesisBalance,
  jsonPolicyAuthority,
  jsonRecoveryKeys,
  type RecoveryKeys,
} from "@pruntime/core/light-client";
import { type NamedAuthority, type StartTerms, withDelay } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { maxDocumentBytes, readText } from "../terminal/file.ts";

/** The options of {@link withTerms}. */
export interface TermFlags {
  readonly told: boolean;
  readonly genesisBalance?: GenesisBalance;
  readonly recoveryKeys?: RecoveryKeys;
  readonly policyAuthority?: NamedAuthority;
  readonly channelV1?: boolean;
}

/** Adds `--told`, `--genesis-balance`, `--recovery-keys`, `--policy-authority` and `--channel-v1`. */
export function withTerms(command: Command): Command {
  return command
    .option(
      "--told",
      "the worker takes runtime metadata from the node on trust, instead of a proof of the runtime's code",
      false,
    )
    .option(
      "--genesis-balance <account:amount>",
      "the account that holds the whole native balance before the first block, or `none`, or `development` " +
        "for what //Alice held in 2020; default: none, and development on the embedded chain",
      genesisBalance,
    )
    .option(
      "--recovery-keys <file>",
      'the ed25519 keys, {"keys": ["0x…"], "threshold": 1}, that may sign a new checkpoint after a forced ' +
        "change of the authorities; they are part of the anchor. Default: none",
      recoveryKeys,
    )
    .option(
      "--policy-authority <authority>",
      "whose policies decide about handovers: `registry`, for the policy in the chain's registry; " +
        "`hash:0x…`, for the one policy with this hash; `key:0x…:SECONDS`, for policies on the chain that " +
        "this ed25519 key signed, with the time after which their additions count (default: a week, and 0 " +
        "on the embedded chain). It is part of the anchor. Default: registry",
      policyAuthority,
    )
    .option(
      "--channel-v1",
      "the worker runs commands of channel v1, as in 2020, although a copied command shows what it says; " +
        "default: only on the embedded chain",
    )
    .option("--no-channel-v1", "the worker refuses commands of channel v1");
}

/** The terms that these options express. */
export function termsOf({ told, ...decided }: TermFlags): StartTerms {
  const { genesisBalance, recoveryKeys, policyAuthority, channelV1 } = decided;
  return { meaning: told ? "told" : "proven", genesisBalance, recoveryKeys, policyAuthority, channelV1 };
}

/**
 * The terms of these options that the anchor commits to, besides the meaning of events.
 * @param usualDelaySec the delay of a policy key, if the option does not state it. Default: a week
 */
export function anchoredTerms(
  { genesisBalance, recoveryKeys, policyAuthority, channelV1 }: TermFlags,
  usualDelaySec?: number,
): Partial<AnchorTerms> {
  return {
    ...(genesisBalance === undefined ? {} : { genesisBalance }),
    ...(recoveryKeys === undefined ? {} : { recovery: recoveryKeys }),
    ...(policyAuthority === undefined ? {} : { policyAuthority: withDelay(policyAuthority, usualDelaySec) }),
    ...(channelV1 === undefined ? {} : { channelV1 }),
  };
}

/** Reads the file of `--recovery-keys`, and sorts its keys. @throws CliError `cli/bad-file`; JsonError */
export function recoveryKeys(path: string): RecoveryKeys {
  const { keys, threshold } = decodeJson(readText(path, maxDocumentBytes), jsonRecoveryKeys);
  return { threshold, keys: [...keys].sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1)) };
}

/** Reads the value of `--policy-authority`. @throws CliError `cli/bad-argument` */
export function policyAuthority(text: string): NamedAuthority {
  const bare = text.replace(":0x", ":");
  const [, key] = /^key:([0-9a-f]{64})$/.exec(bare) ?? [];
  if (key !== undefined) return { kind: "key", key: fromHex(key) };
  try {
    return jsonPolicyAuthority(bare, "");
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    const want = "`registry`, `hash:` and the hash of a policy, or `key:`, a key, a colon and seconds";
    throw new CliError({ code: "cli/bad-argument", name: "--policy-authority", want }, { cause });
  }
}

const want = "`none`, `development`, or an account, a colon and an amount below 2^128";

/**
 * Reads the value of `--genesis-balance`.
 * @throws CliError `cli/bad-argument`; ClientError `client/bad-account`
 */
export function genesisBalance(text: string): GenesisBalance {
  if (text === "none" || text === "development") return { kind: text };
  const [, account, digits] = /^(.+):([0-9]{1,39})$/.exec(text) ?? [];
  const amount = BigInt(digits ?? -1);
  if (account === undefined || amount < 0n || amount >> 128n !== 0n)
    throw new CliError({ code: "cli/bad-argument", name: "--genesis-balance", want });
  return { kind: "account", account: accountIdOf(account), amount };
}
