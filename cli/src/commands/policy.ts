/** `pruntime policy`: prints, explains, lints, hashes and signs policies, and puts signed ones on a chain. */
import { writeFileSync } from "node:fs";
import { accountOf, ChainClient, type Via } from "@pruntime/client/chain";
import { to0x, toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import type { Json, JsonObject } from "@pruntime/core/json";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { type Command, Option } from "commander";
import { badFile, CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { explainPolicy } from "../policy/explain.ts";
import { type PolicyFile, readPolicyFile, signHash, type TrustOptions } from "../policy/file.ts";
import { lintPolicy } from "../policy/lint.ts";
import { policyJson } from "../policy/show.ts";
import { readChainPolicy, signForChain } from "../policy/signed-file.ts";
import { requireGenesis } from "../start/spec.ts";
import { oneOf, wholeNumber } from "../terminal/arguments.ts";
import { jsonText } from "../terminal/json-text.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { accountSecret, accountSources } from "../terminal/secret.ts";
import { type NodeFlags, nodeOf, withNode } from "../worker/addresses.ts";
import { websocketClass, withJson } from "../worker/connect.ts";
import { registerConsent } from "./consent.ts";

type ReadOptions = OutputOptions & TrustOptions;

interface SignOptions extends OutputOptions {
  readonly key: string;
  readonly serial?: number;
  readonly genesis?: string;
  readonly out?: string;
}

interface PushOptions extends OutputOptions, NodeFlags {
  readonly signer: string;
  readonly via?: Via;
}

const trustHelp =
  '\nA signed policy is {"policy": {...}, "signature": "<hex>"}. Without --pin or --signed-by the file' +
  "\nis trusted as your own.\n";

/** Adds `pruntime policy` and its subcommands. */
export function registerPolicy(program: Command): void {
  const policy = program
    .command("policy")
    .description("explain which evidence a policy accepts, look for mistakes in it, pin it or sign it");

  reading(policy, "show", "print a policy with the defaults of all fields that its text leaves out").action(
    (path: string, options: ReadOptions) => withPolicy(path, options, show),
  );
  reading(policy, "explain", "explain in plain words what a policy accepts and what it refuses").action(
    (path: string, options: ReadOptions) => withPolicy(path, options, explain),
  );
  reading(
    policy,
    "lint",
    "look for mistakes and weaknesses in a valid policy; exit code 1 for mistakes",
  ).action((path: string, options: ReadOptions) => withPolicy(path, options, lint));
  reading(policy, "hash", "print the hash by which a policy is pinned").action(
    (path: string, options: ReadOptions) =>
      withPolicy(path, options, (file) => printResult(options, { hash: to0x(file.hash) }, to0x(file.hash))),
  );

  withJson(policy.command("sign <file>"))
    .description("sign a policy with an ed25519 key")
    .requiredOption("--key <pem>", "the private key, as `openssl genpkey -algorithm ed25519` makes it")
    .addOption(
      new Option(
        "--serial <number>",
        "sign for workers whose anchor names the key: a number above that of the last policy; the highest, " +
          "4294967295, revokes the key for good",
      ).argParser(wholeNumber("--serial", 1, 0xffff_ffff)),
    )
    .option("--genesis <hex>", "with --serial: the genesis hash of the workers' chain, 0x and 32 bytes")
    .option("--out <file>", "write the signed policy to this file instead of to stdout")
    .addHelpText(
      "after",
      `
Examples:
  $ openssl genpkey -algorithm ed25519 -out policy.pem
  $ pruntime policy sign policy.json --key policy.pem > signed.json
  $ pruntime policy sign policy.json --key policy.pem --serial 2 --genesis 0x91b1… > second.json`,
    )
    .action((path: string, options: SignOptions) => runAction(options, () => sign(path, options)));

  withNode(withJson(policy.command("push <file>")))
    .description(
      "put a policy that was signed with --serial on its chain, for workers whose anchor names the key",
    )
    .option(
      "--signer <account>",
      `the account that pays: ${accountSources}`,
      accountSecret("--signer"),
      "//Alice",
    )
    .option(
      "--via <way>",
      "pallet (Execution.push_command) or remark (System.remark_with_event); default: the pallet where the " +
        "chain has it",
      oneOf<Via>("--via", ["pallet", "remark"]),
    )
    .addHelpText(
      "after",
      `
A worker takes the policy when it executes the block. What the policy removes counts at once, what it adds
after the delay that the anchor states. \`pruntime info\` shows the serial of a worker's newest policy.

Example:
  $ pruntime policy push second.json --node wss://node.example --signer file:account`,
    )
    .action((path: string, options: PushOptions) => runAction(options, () => push(path, options)));

  registerConsent(policy);
}

function reading(policy: Command, name: string, description: string): Command {
  return withJson(policy.command(`${name} <file>`))
    .description(description)
    .option("--pin <hex>", "refuse the policy unless this is its hash")
    .option("--signed-by <hex>", "refuse the policy unless this ed25519 key has signed it")
    .addHelpText("after", `${trustHelp}\nExample:\n  $ pruntime policy ${name} policy.json`);
}

function withPolicy(
  path: string,
  options: ReadOptions,
  act: (file: PolicyFile, options: ReadOptions) => void,
): Promise<void> {
  return runAction(options, async () =>
    act(readPolicyFile(await createNativeCrypto(), path, options), options),
  );
}

function show(file: PolicyFile, options: ReadOptions): void {
  const policy = policyJson(file.policy);
  const facts = {
    hash: to0x(file.hash),
    signed: file.document.signature !== undefined,
    checked: file.checked,
  };
  note(`hash ${facts.hash}; ${standing(file)}`);
  printResult(options, { ...facts, policy }, jsonText(policy, 2).split("\n"));
}

function standing({ document, checked }: PolicyFile): string {
  if (checked === "signature") return "signed by the key you named";
  if (checked === "hash") return "the policy you pinned";
  return document.signature === undefined
    ? "not signed"
    : "signed by an unverified key: --signed-by verifies it";
}

function explain({ policy }: PolicyFile, options: ReadOptions): void {
  const { accepts, refuses } = explainPolicy(policy);
  const lines = (title: string, items: readonly string[]) => [
    `${title}:`,
    ...items.map((item) => `  - ${item}`),
  ];
  printResult(options, { accepts, refuses }, [...lines("Accepts", accepts), ...lines("Refuses", refuses)]);
}

function lint({ policy, document }: PolicyFile, options: ReadOptions): void {
  const findings = lintPolicy(policy, Date.now(), document.signature !== undefined);
  const words = findings.map(({ level, rule, said }) => `${level}: ${said} [${rule}]`);
  const isSound = findings.every(({ level }) => level !== "error");
  printResult(options, { findings }, words.length === 0 ? "no mistakes or weaknesses found" : words, isSound);
}

async function sign(path: string, options: SignOptions): Promise<void> {
  const crypto = await createNativeCrypto();
  const { document, hash } = readPolicyFile(crypto, path, {});
  const { publicKey, signed } = signedBy(crypto, document.policy, hash, options);
  const facts = { hash: to0x(hash), publicKey: to0x(publicKey) };
  note(`signed by ${facts.publicKey}: give this key to everyone who is to trust the policy`);
  if (options.out === undefined) return printResult(options, { ...facts, signed }, jsonText(signed));
  try {
    writeFileSync(options.out, `${jsonText(signed)}\n`);
  } catch (cause) {
    throw badFile(options.out, cause);
  }
  printResult(options, { ...facts, file: options.out }, `written to ${options.out}`);
}

/** Signs a policy, for one chain if the options say so. @throws CliError `cli/bad-argument` */
function signedBy(
  crypto: Crypto,
  policy: Json,
  hash: Uint8Array,
  { key, serial, genesis }: SignOptions,
): { readonly publicKey: Uint8Array; readonly signed: JsonObject } {
  if (serial !== undefined && genesis !== undefined)
    return signForChain(crypto, key, policy, { serial, genesisHash: hexArgument("--genesis", genesis, 32) });
  if (serial !== undefined || genesis !== undefined)
    throw new CliError({ code: "cli/bad-argument", name: "--serial and --genesis", want: "given together" });
  const { signature, publicKey } = signHash(key, hash);
  return { publicKey, signed: { policy, signature: toHex(signature) } };
}

async function push(path: string, options: PushOptions): Promise<void> {
  const { genesisHash, key, serial, payload } = readChainPolicy(await createNativeCrypto(), path);
  const via = options.via === undefined ? {} : { via: options.via };
  const chain = await ChainClient.connect(nodeOf(options), { websocketClass, ...via });
  try {
    requireGenesis(path, chain.genesisHash, genesisHash);
    const pushed = await chain.pushPolicy(accountOf(options.signer), payload);
    const facts = { serial, key: to0x(key) };
    const words = `policy ${serial}, signed by ${facts.key}, is final in block ${pushed.blockNumber}`;
    printResult(options, { ...facts, ...pushed }, words);
  } finally {
    chain.close();
  }
}
