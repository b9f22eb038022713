/** `pruntime verify`: checks recorded chain data without a node or a worker. */

import { equal } from "@pruntime/core/bytes";
import { decodeHeader, headerHash } from "@pruntime/core/chain";
import { extrinsicsRoot } from "@pruntime/core/extrinsics";
import { decodeJustification, verifyJustification } from "@pruntime/core/grandpa";
import { openStateProof } from "@pruntime/core/trie";
import { decodeWarpProof, verifyWarpProof } from "@pruntime/core/warp";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import {
  hexArgument,
  setIdArgument,
  stateVersionArgument,
  systemVersionArgument,
} from "../offline/arguments.ts";
import { OfflineError } from "../offline/error.ts";
import { genesisOf } from "../offline/genesis.ts";
import { bytesOf, type Input, readInput } from "../offline/input.ts";
import { authoritiesOf, blockOf, headerOf, proofOf } from "../offline/readers.ts";
import { runOffline } from "../offline/run.ts";
import { filesHelp, withoutNode } from "./decode.ts";
import { registerVerifyAttestation } from "./verify-attestation.ts";
import { registerVerifyReplyReceipt } from "./verify-receipt.ts";

interface FinalityOptions {
  readonly authorities: string;
  readonly setId: string;
  readonly justification: string;
  readonly header?: string;
}

interface WarpOptions {
  readonly authorities: string;
  readonly setId: string;
  readonly proof: string;
}

interface StorageOptions {
  readonly root: string;
  readonly key: string;
  readonly proof: string;
  readonly stateVersion?: string;
}

interface BlockOptions {
  readonly block: string;
  readonly systemVersion: string;
}

interface GenesisOptions {
  readonly spec: string;
  readonly stateVersion?: string;
}

const example = (line: string) => `${filesHelp}\nExample:\n  $ pruntime verify ${line}`;

/** Adds `pruntime verify` and its subcommands. */
export function registerVerify(program: Command): void {
  const verify = program
    .command("verify")
    .description("check recorded chain data, without any node or worker");

  withoutNode(verify.command("finality"))
    .description("check that a GRANDPA justification makes a block final")
    .requiredOption(
      "--authorities <file>",
      'the authority set: [["0x<32 bytes>", weight], …] or SCALE Vec<([u8; 32], u64)>',
    )
    .requiredOption("--set-id <n>", "the set's id")
    .requiredOption("--justification <file>", "SCALE GrandpaJustification")
    .option(
      "--header <file>",
      "the block that must be the justification's target: JSON of chain_getHeader, or SCALE",
    )
    .addHelpText(
      "after",
      example(
        "finality --authorities authorities.json --set-id 0 --justification justification.hex " +
          "--header header.json",
      ),
    )
    .action((options: FinalityOptions) => runOffline(() => verifyFinality(options)));

  withoutNode(verify.command("warp"))
    .description("follow a warp-sync proof from a trusted authority set")
    .requiredOption("--authorities <file>", "the set at the start, as for `verify finality`")
    .requiredOption("--set-id <n>", "its id")
    .requiredOption("--proof <file>", "SCALE WarpSyncProof")
    .addHelpText("after", example("warp --authorities authorities.json --set-id 0 --proof warp-proof.hex"))
    .action((options: WarpOptions) => runOffline(() => verifyWarp(options)));

  withoutNode(verify.command("storage"))
    .description("read a key's value from a state proof; a value of null is proof that the key is absent")
    .requiredOption("--root <hex>", "the trusted state root, 0x and 32 bytes")
    .requiredOption("--key <hex>", "the storage key, 0x and bytes")
    .requiredOption("--proof <file>", "the nodes: an array of hex, or the answer of state_getReadProof")
    .option(
      "--state-version <version>",
      "0 also refuses nodes that only version 1 has; 1, the default, accepts nodes of both versions",
    )
    .addHelpText("after", example("storage --root 0x… --key 0x3a636f6465 --proof proof.json"))
    .action((options: StorageOptions) => runOffline(() => verifyStorage(options)));

  withoutNode(verify.command("genesis"))
    .description("compute the genesis hash of a raw chain specification")
    .requiredOption("--spec <file>", "the raw chain specification, JSON")
    .option(
      "--state-version <version>",
      "0 or 1; default: the version that the runtime code in the specification states",
    )
    .addHelpText("after", example("genesis --spec chain-spec.json"))
    .action((options: GenesisOptions) => runOffline(() => verifyGenesis(options)));

  withoutNode(verify.command("block"))
    .description("check that a block's body is the one its header commits to")
    .requiredOption("--block <file>", "JSON of chain_getBlock, or SCALE SignedBlock")
    .option("--system-version <version>", "system_version of the runtime that made the block", "0")
    .addHelpText("after", example("block --block block.json --system-version 1"))
    .action((options: BlockOptions) => runOffline(() => verifyBlock(options)));

  registerVerifyAttestation(verify);
  registerVerifyReplyReceipt(verify);
}

async function verifyFinality({
  authorities,
  setId,
  justification,
  header,
}: FinalityOptions): Promise<object> {
  const id = setIdArgument(setId);
  const [set, proof, target] = [
    readInput(authorities),
    readInput(justification),
    header === undefined ? undefined : readInput(header),
  ];
  const crypto = await createNativeCrypto();
  const decoded = decodeJustification(bytesOf(proof));
  const { round, targetHash, targetNumber, precommits } = decoded;
  const block =
    target === undefined ? { hash: targetHash, number: targetNumber } : blockTarget(crypto, target);
  const tally = verifyJustification(crypto, { setId: id, authorities: authoritiesOf(set) }, block, decoded);
  return { ...block, round, votes: precommits.length, ...tally };
}

function blockTarget(
  crypto: Parameters<typeof headerHash>[0],
  input: Input,
): { readonly number: number; readonly hash: Uint8Array } {
  const encoded = headerOf(input);
  return { number: decodeHeader(encoded).number, hash: headerHash(crypto, encoded) };
}

async function verifyWarp({ authorities, setId, proof }: WarpOptions): Promise<object> {
  const id = setIdArgument(setId);
  const [set, given] = [readInput(authorities), readInput(proof)];
  const decoded = decodeWarpProof(bytesOf(given));
  const end = verifyWarpProof(
    await createNativeCrypto(),
    { setId: id, authorities: authoritiesOf(set) },
    decoded,
  );
  const { number, hash } = end.finalized;
  return { number, hash, setId: end.authorities.setId, authorities: end.authorities.authorities.length };
}

async function verifyStorage(options: StorageOptions): Promise<object> {
  const [root, key] = [hexArgument("--root", options.root, 32), hexArgument("--key", options.key)];
  const version = stateVersionArgument(options.stateVersion ?? "1");
  const nodes = proofOf(readInput(options.proof));
  const { blake2b256 } = await createNativeCrypto();
  const state = openStateProof(blake2b256, root, nodes);
  if (version === 0) refuseHashedValues(nodes);
  return { value: state.read(key) };
}

/**
 * Refuses nodes that only state version 1 allows: those that contain the hash of a value instead of the
 * value. The header of such a node starts with the bits 001 (leaf) or 0001 (branch).
 * @throws {@link OfflineError} `storage/hashed-value`
 */
function refuseHashedValues(nodes: readonly Uint8Array[]): void {
  const node = nodes.findIndex(([first = 0]) => first >> 5 === 0b001 || first >> 4 === 0b0001);
  if (node >= 0) throw new OfflineError({ code: "storage/hashed-value", node });
}

async function verifyGenesis({ spec, stateVersion }: GenesisOptions): Promise<object> {
  const version = stateVersion === undefined ? undefined : stateVersionArgument(stateVersion);
  const input = readInput(spec);
  const json = input.kind === "json" ? input.value : undefined;
  if (json === undefined) throw new OfflineError({ code: "spec/not-raw" });
  const { genesisHash, state, stateVersion: used } = genesisOf(await createNativeCrypto(), json, version);
  return { genesisHash, stateRoot: state.root, stateVersion: used };
}

async function verifyBlock({ block, systemVersion }: BlockOptions): Promise<object> {
  const version = systemVersionArgument("--system-version", systemVersion);
  const { encodedHeader, extrinsics } = blockOf(readInput(block));
  const crypto = await createNativeCrypto();
  const { number, extrinsicsRoot: want } = decodeHeader(encodedHeader);
  const have = extrinsicsRoot(crypto, extrinsics, version);
  if (!equal(want, have)) throw new OfflineError({ code: "block/wrong-extrinsics-root", want, have });
  return {
    number,
    hash: headerHash(crypto, encodedHeader),
    extrinsicsRoot: have,
    extrinsics: extrinsics.length,
  };
}
