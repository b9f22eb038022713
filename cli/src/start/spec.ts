/**
 * Computes a worker's start from a raw chain specification, without a node. The specification gives the
 * genesis state, from which everything that the worker needs is proven.
 */
import type { InitInput } from "@pruntime/api";
import { genesisAnchor } from "@pruntime/client/finality";
import { encodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { equal, to0x, toBase64 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { type JsonLimits, parseJson } from "@pruntime/core/json";
import {
  type AnchorTerms,
  genesisBalanceText,
  policyAuthorityText,
  provenAuthorities,
  recoveryKeysJson,
} from "@pruntime/core/light-client";
import { grandpaAuthoritiesKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { withDelay } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { type Genesis, genesisOf } from "../offline/genesis.ts";
import { maxChainFileBytes, readText } from "../terminal/file.ts";
import { anchoredTerms, type TermFlags } from "./terms.ts";

/** The options of {@link withSpec}. */
export interface SpecFlags {
  readonly spec?: string;
  readonly genesis?: string;
  readonly anchor?: string;
}

/**
 * Adds `--spec`, `--genesis` and `--anchor`. A specification needs at least one of `--genesis` and
 * `--anchor`, and must match each of the two that is given.
 */
export function withSpec(command: Command): Command {
  return command
    .option(
      "--spec <file>",
      "begin at the genesis that this raw chain specification describes; needs --genesis or --anchor, but " +
        "no node that still has that state",
    )
    .option("--genesis <hex>", "with --spec: the genesis hash, 0x and 32 bytes, which you trust")
    .option("--anchor <hex>", "with --spec: the anchor that the worker must get, 0x and 32 bytes");
}

/** The start of a chain, computed from its specification. */
export interface SpecStart {
  readonly genesisHash: Uint8Array;
  /** A SCALE `BridgeInitInfo`. */
  readonly info: Uint8Array;
  /** A read proof of `:code` and `:pending_code`. */
  readonly codeProof: readonly Uint8Array[];
}

/**
 * A chain specification.
 * @limit characters, levels
 * @source as for any file
 * @past `json/too-long` or `json/too-deep`
 */
export const specLimits: JsonLimits = { maxLength: 256 << 20, maxDepth: 64 };

/**
 * Computes the start from a specification, which is not trusted yet.
 * @throws CliError `cli/bad-file`; OfflineError, JsonError, TrieError, CodecError; LightClientError
 * `headers/no-authorities`
 */
export function specStart(crypto: Crypto, path: string): SpecStart {
  const genesis = genesisOf(crypto, parseJson(readText(path, maxChainFileBytes), specLimits), undefined);
  const codeProof = genesis.state.prove([wellKnownKeys.code, wellKnownKeys.pendingCode]);
  return { genesisHash: genesis.genesisHash, info: infoOf(crypto, genesis), codeProof };
}

function infoOf(crypto: Crypto, { encodedHeader, state }: Genesis): Uint8Array {
  const proof = state.prove([grandpaAuthoritiesKey(crypto), wellKnownKeys.grandpaAuthorities]);
  const opened = openStateProof(crypto.blake2b256, state.root, proof);
  return encodeBridgeInitInfo({ encodedHeader, authorities: provenAuthorities(crypto, opened, 0), proof });
}

/**
 * The input of `init_runtime` for a worker that begins at the genesis of `--spec`.
 * @throws CliError `cli/bad-argument`, `cli/other-genesis`, `cli/other-anchor`; as {@link specStart}
 */
export async function inputOfSpec(flags: TermFlags & SpecFlags): Promise<InitInput> {
  const { spec = "", told, genesisBalance = { kind: "none" }, recoveryKeys, channelV1 = false } = flags;
  const { policyAuthority } = flags;
  if (told) throw new CliError({ code: "cli/bad-argument", name: "--told", want: "absent beside --spec" });
  const crypto = await createNativeCrypto();
  const start = specStart(crypto, spec);
  requireTrusted(crypto, start, anchoredTerms(flags), flags);
  return {
    bridge_genesis_info_b64: toBase64(start.info),
    code_proof_b64: start.codeProof.map(toBase64),
    genesis_balance: genesisBalanceText(genesisBalance),
    channel_v1: channelV1,
    ...(recoveryKeys === undefined ? {} : { recovery_keys: recoveryKeysJson(recoveryKeys) }),
    ...(policyAuthority === undefined
      ? {}
      : { policy_authority: policyAuthorityText(withDelay(policyAuthority)) }),
    skip_ra: true,
  };
}

/** Compares the start with what the operator trusts. */
function requireTrusted(
  crypto: Crypto,
  { genesisHash, info }: SpecStart,
  terms: Partial<AnchorTerms>,
  { spec: path = "", genesis, anchor }: SpecFlags,
): void {
  if (genesis === undefined && anchor === undefined)
    throw new CliError({ code: "cli/bad-argument", name: "--spec", want: "beside --genesis or --anchor" });
  if (genesis !== undefined) requireGenesis(path, hexArgument("--genesis", genesis, 32), genesisHash);
  if (anchor === undefined) return;
  const have = genesisAnchor(genesisHash, info, terms, crypto);
  if (!equal(have, hexArgument("--anchor", anchor, 32)))
    throw new CliError({ code: "cli/other-anchor", path, have: to0x(have) });
}

/** Checks that the specification describes the trusted chain. @throws CliError `cli/other-genesis` */
export function requireGenesis(path: string, trusted: Uint8Array, have: Uint8Array): void {
  if (!equal(trusted, have)) throw new CliError({ code: "cli/other-genesis", path, have: to0x(have) });
}
