/** `pruntime policy consent`: signs the consent of a policy key to one handover. */
import { renameSync, writeFileSync } from "node:fs";
import { codeOf, developmentRoots, type EndorsedEvidence, verifyEvidence } from "@pruntime/core/attestation";
import { to0x } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import type { JsonObject } from "@pruntime/core/json";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import { badFile } from "../error.ts";
import { readRequest, signConsent } from "../policy/consent-file.ts";
import { jsonText } from "../terminal/json-text.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson } from "../worker/connect.ts";

interface ConsentOptions extends OutputOptions {
  readonly key: string;
  readonly out?: string;
}

/** Adds `pruntime policy consent`, which needs neither a node nor a worker. */
export function registerConsent(policy: Command): void {
  withJson(policy.command("consent <request>"))
    .description("consent to one handover by a worker that cannot read its chain's runtime")
    .requiredOption("--key <pem>", "the policy key, as `openssl genpkey -algorithm ed25519` makes it")
    .option("--out <file>", "write the consent to this file instead of to stdout")
    .addHelpText(
      "after",
      `
\`pruntime handover --consent\` writes the request, and waits for the consent. The worker that gives its keys
does not know the newest policies. So consent only if they still accept the code of both workers, which this
command prints.

Example:
  $ pruntime policy consent consent.json.request --key policy.pem --out consent.json`,
    )
    .action((path: string, options: ConsentOptions) => runAction(options, () => consent(path, options)));
}

async function consent(path: string, options: ConsentOptions): Promise<void> {
  const crypto = await createNativeCrypto();
  const { genesisHash, commitment, source, receiver } = readRequest(crypto, path);
  const code = { source: codeIn(crypto, source), receiver: codeIn(crypto, receiver) };
  const { publicKey, consent } = signConsent(crypto, options.key, { genesisHash, commitment });
  const facts = { commitment: to0x(commitment), genesis: to0x(genesisHash), key: to0x(publicKey), ...code };
  note(`the keys go from ${jsonText(code.source)} to ${jsonText(code.receiver)}`);
  note(`on the chain ${facts.genesis}, by consent of the key ${facts.key}`);
  if (options.out === undefined) return printResult(options, { ...facts, consent }, jsonText(consent));
  try {
    writeFileSync(`${options.out}.new`, `${jsonText(consent)}\n`);
    renameSync(`${options.out}.new`, options.out);
  } catch (cause) {
    throw badFile(options.out, cause);
  }
  printResult(options, { ...facts, file: options.out }, `written to ${options.out}`);
}

/** The code that a worker runs, by authentic evidence. @throws as {@link verifyEvidence} */
function codeIn(crypto: Crypto, evidence: EndorsedEvidence): JsonObject {
  const authentic = verifyEvidence(crypto, developmentRoots(crypto), evidence, Date.now());
  return { kind: authentic.kind, ...codeOf(authentic) };
}
