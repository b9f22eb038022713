/**
 * `pruntime handover`: relays the messages by which a running worker gives its keys to a new one. The
 * command cannot read the keys. The two workers verify each other.
 */
import {
  type Callable,
  getStatus,
  handoverAccept,
  handoverBegin,
  handoverComplete,
  handoverOffer,
  handoverRelease,
  type JudgedJson,
  type OutputOf,
} from "@pruntime/api";
import {
  ClientError,
  requestBody,
  type Transport,
  type UnverifiedReply,
  unverifiedReply,
} from "@pruntime/client";
import { type Account, accountOf, ChainClient } from "@pruntime/client/chain";
import {
  endorseEvidence,
  evidenceHash,
  type HandoverSide,
  handoverCommitment,
  readEndorsedEvidence,
} from "@pruntime/core/attestation";
import { from0x, fromHex, toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import type { JsonObject } from "@pruntime/core/json";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { connectNode, SubstrateNode } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { awaitConsent, requireNoConsent, type Unconsented, writeRequest } from "../policy/consent-file.ts";
import { maxDocumentBytes, readText } from "../terminal/file.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { accountSecret, accountSources } from "../terminal/secret.ts";
import { type NodeFlags, nodeOf, withNode } from "../worker/addresses.ts";
import { committedBlock } from "../worker/committed-block.ts";
import { websocketClass, withJson } from "../worker/connect.ts";
import { operatorTransport } from "../worker/operator.ts";
import { operatorOf } from "../worker/operator-address.ts";

interface HandoverOptions extends OutputOptions, NodeFlags {
  readonly from: string;
  readonly to: string;
  readonly fromTokenFile: string;
  readonly toTokenFile: string;
  readonly signer?: string;
  readonly policy?: string;
  readonly consent?: string;
}

/** Adds `pruntime handover`. */
export function registerHandover(program: Command): void {
  withNode(withJson(program.command("handover")))
    .description(
      "give a new worker the keys of a running one, so that both serve the same contracts; " +
        "the policy that their anchor names must accept both",
    )
    .requiredOption("--from <url>", "the running worker's address for operator calls")
    .requiredOption(
      "--to <url>",
      "the new worker's address for operator calls; it must follow the same chain from the same anchor",
    )
    .requiredOption("--from-token-file <file>", "a file with the running worker's operator token")
    .requiredOption("--to-token-file <file>", "a file with the new worker's operator token")
    .option("--signer <account>", `the account that pays: ${accountSources}`, accountSecret("--signer"))
    .option("--policy <file>", "the policy, if the workers' anchor names its hash")
    .option(
      "--consent <file>",
      "if the anchor names a policy key and a worker cannot read its chain's runtime: wait for this file, " +
        "which the key's holder makes with `pruntime policy consent` from <file>.request",
    )
    .addHelpText(
      "after",
      `
The command puts a hash of both workers' messages on the chain. Each worker judges the other at the block with
this hash, so it does not judge by an older policy of the chain's registry.

Example:
  $ pruntime handover --from http://127.0.0.1:8001 --from-token-file .pruntime/operator-token \\
      --to http://127.0.0.1:8101 --to-token-file other/operator-token --signer //Alice`,
    )
    .action((options: HandoverOptions) => runAction(options, () => handover(options)));
}

async function handover(options: HandoverOptions): Promise<void> {
  if (options.signer === undefined) throw new CliError({ code: "handover/no-account" });
  const account = accountOf(options.signer);
  if (options.consent !== undefined) requireNoConsent(options.consent);
  const policy =
    options.policy === undefined ? {} : { policy: readText(options.policy, maxDocumentBytes).trim() };
  const crypto = await createNativeCrypto();
  const nodeUrl = nodeOf(options);
  const connection = await connectNode(nodeUrl);
  const node = new SubstrateNode(connection, crypto);
  const [source, receiver] = [
    sideOf({ operator: options.from, tokenFile: options.fromTokenFile }),
    sideOf({ operator: options.to, tokenFile: options.toTokenFile }),
  ];
  try {
    const { challenge } = (await call(receiver, handoverBegin, {})).value;
    const offer = await call(source, handoverOffer, { challenge });
    const { nonce } = offer.value;
    const accepted = await call(receiver, handoverAccept, { nonce });
    note("both workers have presented their evidence");
    const [giver, taker] = [peerOf(offer), peerOf(accepted)];
    const shown = { challenge, nonce, source: giver, receiver: taker };
    const nonces = { challenge: fromHex(challenge), nonce: fromHex(nonce) };
    const [giverSide, takerSide] = [presentedBy(crypto, giver), presentedBy(crypto, taker)];
    const commitment = handoverCommitment(crypto, nonces, giverSide, takerSide);
    const consent =
      options.consent === undefined
        ? {}
        : await consentTo(crypto, options.consent, { ...shown, commitment }, source);
    const given = { ...policy, ...consent };
    const blockHash = await putOnChain(nodeUrl, account, commitment);
    const block = await committedBlock(node, blockHash, commitment);
    note("the chain has the hash of both workers' messages");
    const released = await onceFinal(() =>
      call(source, handoverRelease, {
        challenge,
        nonce,
        block,
        ...given,
        other: taker,
        own_evidence_hash: toHex(giverSide.evidenceHash),
      }),
    );
    note(`${source.name} accepts the other worker's evidence and has sealed its keys`);
    const completed = await onceFinal(() =>
      call(receiver, handoverComplete, {
        ...released.value,
        block,
        ...given,
        other: giver,
        own_evidence_hash: toHex(takerSide.evidenceHash),
      }),
    );
    const { ecdh_public_key } = completed.value;
    note("waiting for the new worker to restart with the keys");
    await untilServing(receiver, ecdh_public_key);
    printResult(
      options,
      { ecdhPublicKey: ecdh_public_key },
      `${receiver.name} has the key ${ecdh_public_key}; its state is rebuilt from the chain`,
    );
  } finally {
    connection.close();
  }
}

/**
 * Asks the holder of the policy key for a consent, and returns it as a field of the last two steps.
 * @throws CliError `cli/no-consent`, `cli/bad-file`
 */
async function consentTo(
  crypto: Crypto,
  path: string,
  handover: Omit<Unconsented, "genesisHash">,
  side: Side,
): Promise<{ readonly consent: string }> {
  const genesisHash = fromHex((await call(side, getStatus, {})).value.genesis_hash);
  const request = writeRequest(path, { ...handover, genesisHash });
  note(`waiting for ${path}: the holder of the policy key makes it from ${request}`);
  return { consent: toHex(await awaitConsent(crypto, path, { genesisHash, ...handover })) };
}

/**
 * Puts bytes on the chain, and returns the hash of the final block that contains them.
 * @throws ClientError
 */
async function putOnChain(nodeUrl: string, account: Account, bytes: Uint8Array): Promise<Uint8Array> {
  const chain = await ChainClient.connect(nodeUrl, { websocketClass });
  try {
    return from0x((await chain.remark(account, bytes)).blockHash);
  } finally {
    chain.close();
  }
}

interface Side {
  readonly name: string;
  readonly transport: Transport;
}

/**
 * How long a worker may need to reach the block with the commitment.
 * @limit ms
 * @source chosen: enough for a relay that is some blocks behind
 * @past the command fails with `handover/not-final`
 */
const blockPatienceMs = 120_000;
const patienceMs = 30_000;
const pollMs = 250;

function sideOf(flags: { readonly operator: string; readonly tokenFile: string }): Side {
  return { name: flags.operator, transport: operatorTransport(operatorOf({ ...flags, dataDir: "" })) };
}

/** Calls a worker. This command verifies no reply, because each worker verifies the other. */
async function call<W extends JsonObject, T>(
  { transport }: Side,
  action: Callable<W, T>,
  input: NoInfer<W>,
): Promise<UnverifiedReply<T>> {
  return unverifiedReply(action, await transport(action, requestBody(secureRandom, input)));
}

type Shown = Pick<
  OutputOf<typeof handoverAccept>,
  "public_key" | "ecdh_public_key" | "evidence" | "lineage" | "rules"
>;

/**
 * The JSON that describes one worker to the other: its keys and their lineage, its rules number, and its
 * evidence with the endorsements that its host added.
 */
function peerOf({ value, collateral = {} }: UnverifiedReply<Shown>): JudgedJson["other"] {
  const { public_key, ecdh_public_key, evidence, lineage, rules } = value;
  return { public_key, rules, lineage, ecdh_public_key, evidence: endorseEvidence(evidence, collateral) };
}

function presentedBy(
  crypto: Crypto,
  { public_key, ecdh_public_key, evidence }: JudgedJson["other"],
): HandoverSide {
  return {
    publicKey: fromHex(public_key),
    ecdhPublicKey: fromHex(ecdh_public_key),
    evidenceHash: evidenceHash(crypto, readEndorsedEvidence(evidence, "evidence")),
  };
}

/** Repeats a step while its worker has not reached the block with the commitment. */
async function onceFinal<T>(step: () => Promise<T>): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    try {
      return await step();
    } catch (error) {
      if (waitedMs >= blockPatienceMs || !isAhead(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function isAhead(error: unknown): boolean {
  return (
    error instanceof ClientError &&
    error.detail.code === "client/refused" &&
    error.detail.reason === "handover/not-final"
  );
}

async function untilServing(worker: Side, key: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    const now = await call(worker, getStatus, {}).catch(() => undefined);
    if (now?.value.ecdh_public_key === key) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new CliError({ code: "cli/not-back", waitedMs: patienceMs });
}
