/** `pruntime anchor`: computes the anchor that the workers of a chain must have, without asking a worker. */
import { checkpointAnchor, genesisAnchor } from "@pruntime/client/finality";
import { to0x } from "@pruntime/core/bytes";
import { headerHash } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { type AnchorTerms, decodeCheckpoint } from "@pruntime/core/light-client";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { connectNode, fetchGenesisInfo, SubstrateNode, withUsualTerms } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { requireGenesis, specStart } from "../start/spec.ts";
import { anchoredTerms, type TermFlags, withTerms } from "../start/terms.ts";
import { maxDocumentBytes, readText } from "../terminal/file.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { type NodeFlags, nodeOf, withNode } from "../worker/addresses.ts";
import { withJson } from "../worker/connect.ts";

interface AnchorOptions extends OutputOptions, NodeFlags, TermFlags {
  readonly genesis?: string;
  readonly spec?: string;
  readonly checkpoint?: string;
}

/** Adds `pruntime anchor`. */
export function registerAnchor(program: Command): void {
  withTerms(withNode(withJson(program.command("anchor"))))
    .description(
      "compute the anchor that a chain's workers must have, for the option --anchor of push and query",
    )
    .option(
      "--genesis <hex>",
      "the chain's genesis hash, which you trust: 0x and 32 bytes; the node proves the rest. Default: what " +
        "the node says",
    )
    .option(
      "--spec <file>",
      "with --genesis: take the genesis state from this raw chain specification; needs no node",
    )
    .option(
      "--checkpoint <file>",
      "the checkpoint, which you trust, at which the worker began; needs a node only with --told",
    )
    .addHelpText(
      "after",
      `
Give the same --told, --genesis-balance, --recovery-keys, --policy-authority and --channel-v1 as the worker's
operator did. By default the worker proves the meaning of events from the chain's code, no account has a
balance before the first block, there are no recovery keys, the chain's registry has the policy for handovers,
and commands of channel v1 are refused. With --told, you trust the node's metadata as the operator did.

Without --genesis and --checkpoint, the node names the chain: the anchor is then only as trustworthy as that
node. Use a node of your own, or compare the genesis hash with a source that you trust.

Examples:
  $ pruntime anchor --node ws://127.0.0.1:9944
  $ pruntime anchor --genesis 0x91b1… --node wss://node.example
  $ pruntime anchor --genesis 0x91b1… --spec polkadot.json
  $ pruntime anchor --checkpoint here.json`,
    )
    .action((options: AnchorOptions) => runAction(options, () => anchor(options)));
}

/** An anchor, and the genesis hash if that hash is the node's word. */
interface Computed {
  readonly anchor: Uint8Array;
  readonly unchecked?: Uint8Array;
}

async function anchor(options: AnchorOptions): Promise<void> {
  const { anchor: hash, unchecked } = await anchorBy(await createNativeCrypto(), options);
  if (unchecked === undefined) return printResult(options, { anchor: to0x(hash) }, to0x(hash));
  const genesis = to0x(unchecked);
  if (options.json !== true)
    note(
      `the node says that its chain's genesis is ${genesis}; compare this hash with a source that you ` +
        "trust, or give it with --genesis",
    );
  printResult(options, { anchor: to0x(hash), unchecked_genesis: genesis }, to0x(hash));
}

async function anchorBy(crypto: Crypto, options: AnchorOptions): Promise<Computed> {
  const { genesis, spec, checkpoint } = options;
  if (checkpoint !== undefined) {
    if (genesis !== undefined || spec !== undefined) throw startingPoint("either --genesis or --checkpoint");
    return { anchor: await ofCheckpoint(crypto, readText(checkpoint, maxDocumentBytes).trim(), options) };
  }
  if (genesis === undefined) {
    if (spec !== undefined) throw startingPoint("--genesis beside --spec");
    return ofNode(crypto, undefined, options);
  }
  const hash = hexArgument("--genesis", genesis, 32);
  if (spec === undefined) return ofNode(crypto, hash, options);
  return { anchor: ofSpec(crypto, hash, spec, options) };
}

function startingPoint(options: string): CliError {
  return new CliError({ code: "cli/bad-argument", name: "the starting point", want: `given by ${options}` });
}

function ofSpec(crypto: Crypto, trusted: Uint8Array, spec: string, flags: TermFlags): Uint8Array {
  if (flags.told)
    throw new CliError({ code: "cli/bad-argument", name: "--told", want: "absent beside --spec" });
  const { genesisHash, info } = specStart(crypto, spec);
  requireGenesis(spec, trusted, genesisHash);
  return genesisAnchor(trusted, info, anchoredTerms(flags), crypto);
}

async function ofCheckpoint(crypto: Crypto, text: string, options: AnchorOptions): Promise<Uint8Array> {
  if (!options.told) return checkpointAnchor(text, anchoredTerms(options), crypto);
  const at = headerHash(crypto, decodeCheckpoint(text).encodedHeader);
  const metadata = await withNodeAt(crypto, nodeOf(options), (node) => node.metadata(at));
  return checkpointAnchor(text, { meaning: { kind: "told", metadata }, ...anchoredTerms(options) }, crypto);
}

/** @param trusted the genesis hash; `undefined` to take the node's */
function ofNode(crypto: Crypto, trusted: Uint8Array | undefined, options: AnchorOptions): Promise<Computed> {
  return withNodeAt(crypto, nodeOf(options), async (node) => {
    const at = await node.genesisHash();
    const terms: Partial<AnchorTerms> = {
      ...(options.told ? { meaning: { kind: "told", metadata: await node.metadata(at) } } : {}),
      ...anchoredTerms(options),
      ...(await withUsualTerms(node, at, options)),
    };
    const hash = genesisAnchor(trusted ?? at, await fetchGenesisInfo(node), terms, crypto);
    return trusted === undefined ? { anchor: hash, unchecked: at } : { anchor: hash };
  });
}

async function withNodeAt<T>(
  crypto: Crypto,
  url: string,
  use: (node: SubstrateNode) => Promise<T>,
): Promise<T> {
  const connection = await connectNode(url);
  try {
    return await use(new SubstrateNode(connection, crypto));
  } finally {
    connection.close();
  }
}
