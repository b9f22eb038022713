/** `pruntime anchor`: computes the anchor that the workers of a chain must have, without asking a worker. */
import { checkpointAnchor, genesisAnchor } from "@pruntime/client/finality";
import { fromBase64, to0x } from "@pruntime/core/bytes";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { connectNode, fetchInitInput, SubstrateNode } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { textArgument } from "../terminal/arguments.ts";
import { type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson, withNode } from "../worker/connect.ts";

interface AnchorOptions extends OutputOptions {
  readonly node: string;
  readonly genesis?: string;
  readonly checkpoint?: string;
}

/** Adds `pruntime anchor`. */
export function registerAnchor(program: Command): void {
  withNode(withJson(program.command("anchor")))
    .description(
      "compute the anchor that a chain's workers must have, for the option --anchor of push and query",
    )
    .option(
      "--genesis <hex>",
      "the chain's genesis hash, which you trust: 0x and 32 bytes; the node proves the rest",
    )
    .option(
      "--checkpoint <file>",
      "the checkpoint, which you trust, at which the worker began; needs no node",
    )
    .addHelpText(
      "after",
      `
The anchor is that of a worker that proves the meaning of events from the chain's code. Workers that
\`pruntime init\` or \`pruntime relay\` initializes do so.

Examples:
  $ pruntime anchor --genesis 0x91b1… --node wss://node.example
  $ pruntime anchor --checkpoint here.json`,
    )
    .action((options: AnchorOptions) => runAction(options, () => anchor(options)));
}

async function anchor(options: AnchorOptions): Promise<void> {
  const { genesis, checkpoint } = options;
  if ((genesis === undefined) === (checkpoint === undefined))
    throw new CliError({
      code: "cli/bad-argument",
      name: "the starting point",
      want: "given by either --genesis or --checkpoint",
    });
  const hash =
    checkpoint === undefined
      ? await anchorOfGenesis(options.node, hexArgument("--genesis", genesis ?? "", 32))
      : checkpointAnchor(textArgument(checkpoint).trim(), undefined, await createNativeCrypto());
  printResult(options, { anchor: to0x(hash) }, to0x(hash));
}

async function anchorOfGenesis(url: string, genesis: Uint8Array): Promise<Uint8Array> {
  const connection = await connectNode(url);
  try {
    const crypto = await createNativeCrypto();
    const { bridge_genesis_info_b64 = "" } = await fetchInitInput(
      new SubstrateNode(connection, crypto),
      "bodies",
    );
    return genesisAnchor(genesis, fromBase64(bridge_genesis_info_b64), undefined, crypto);
  } finally {
    connection.close();
  }
}
