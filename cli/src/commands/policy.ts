/** `pruntime policy`: prints, explains, lints, hashes and signs policies. */
import { writeFileSync } from "node:fs";
import { to0x, toHex } from "@pruntime/core/bytes";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import { badFile } from "../error.ts";
import { explainPolicy } from "../policy/explain.ts";
import { type PolicyFile, readPolicyFile, signHash, type TrustOptions } from "../policy/file.ts";
import { lintPolicy } from "../policy/lint.ts";
import { policyJson } from "../policy/show.ts";
import { jsonText } from "../terminal/json-text.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson } from "../worker/connect.ts";

type ReadOptions = OutputOptions & TrustOptions;

interface SignOptions extends OutputOptions {
  readonly key: string;
  readonly out?: string;
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
    .option("--out <file>", "write the signed policy to this file instead of to stdout")
    .addHelpText(
      "after",
      `
Example:
  $ openssl genpkey -algorithm ed25519 -out policy.pem
  $ pruntime policy sign policy.json --key policy.pem > signed.json`,
    )
    .action((path: string, options: SignOptions) => runAction(options, () => sign(path, options)));
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
  const { document, hash } = readPolicyFile(await createNativeCrypto(), path, {});
  const { signature, publicKey } = signHash(options.key, hash);
  const signed = { policy: document.policy, signature: toHex(signature) };
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
