/** `pruntime handover`: carries the messages by which a new worker gets a running one's keys. It learns nothing of them; both workers check each other. */
import { type ActionName, findAction } from "@pruntime/api";
import { ClientError, httpTransport, requestBody, type Transport, unverifiedReply } from "@pruntime/client";
import { endorseEvidence } from "@pruntime/core/attestation";
import { fromHex, toBase64 } from "@pruntime/core/bytes";
import { type Json, type JsonObject, jsonNullable, jsonObject, jsonString } from "@pruntime/core/json";
import { registryPolicyKey } from "@pruntime/core/storage-key";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { connectNode, SubstrateNode } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson, withNode } from "../worker/connect.ts";

interface HandoverOptions extends OutputOptions {
  readonly from: string;
  readonly to: string;
  readonly fromToken?: string;
  readonly toToken?: string;
  readonly node: string;
}

export function registerHandover(program: Command): void {
  withNode(withJson(program.command("handover")))
    .description(
      "give a new worker the keys of a running one, so that both serve the same contracts; the chain's policy must accept both",
    )
    .requiredOption("--from <url>", "the running worker's REST address")
    .requiredOption("--to <url>", "the new worker's; it must follow the same chain from the same start")
    .option("--from-token <token>", "the running worker's operator token")
    .option("--to-token <token>", "the new worker's operator token")
    .addHelpText(
      "after",
      "\nExample:\n  $ pruntime handover --from http://127.0.0.1:8000 --to http://127.0.0.1:8100",
    )
    .action((options: HandoverOptions) => runAction(options, () => handover(options)));
}

async function handover(options: HandoverOptions): Promise<void> {
  const crypto = await createNativeCrypto();
  const connection = await connectNode(options.node);
  const node = new SubstrateNode(connection, crypto);
  const key = registryPolicyKey(crypto);
  const [source, receiver] = [
    { name: options.from, transport: httpTransport(options.from, tokenOf(options.fromToken)) },
    { name: options.to, transport: httpTransport(options.to, tokenOf(options.toToken)) },
  ];
  /** Calls with a proof of the policy in the state the worker stands on; where that has moved on meanwhile, again. */
  const prove = async (
    { transport }: Side,
    action: ActionName,
    shown: JsonObject,
    input: (peer: JsonObject) => JsonObject,
  ): Promise<JsonObject> => {
    for (let attempt = 1; ; attempt++) {
      const proof = await node.readProof([key], await dispatchedHash(transport));
      try {
        return await call(transport, action, input({ ...shown, policy_proof_b64: proof.map(toBase64) }));
      } catch (error) {
        if (attempt === maxAttempts || !isMoved(error)) throw error;
      }
    }
  };
  try {
    const { challenge = "" } = await call(receiver.transport, "handover_begin", {});
    const offer = await call(source.transport, "handover_offer", { challenge });
    note(`${source.name} has shown evidence`);
    const { nonce = "" } = offer;
    const accepted = await prove(receiver, "handover_accept", peerOf(offer), (peer) => ({
      nonce,
      source: peer,
    }));
    note(`${receiver.name} accepts it and has shown its own`);
    const { sealed_b64 = "" } = await prove(source, "handover_release", peerOf(accepted), (peer) => ({
      challenge,
      nonce,
      receiver: peer,
    }));
    note(`${source.name} accepts that and has sealed its keys`);
    const { ecdh_public_key = "" } = await call(receiver.transport, "handover_complete", { sealed_b64 });
    note("waiting for the new worker to begin anew with them");
    await untilServing(receiver.transport, ecdh_public_key);
    printResult(
      options,
      { ecdhPublicKey: ecdh_public_key },
      `${receiver.name} has the key ${String(ecdh_public_key)}; its state comes of the chain`,
    );
  } finally {
    connection.close();
  }
}

interface Side {
  readonly name: string;
  readonly transport: Transport;
}

const maxAttempts = 10;
const patienceMs = 30_000;
const pollMs = 250;

function tokenOf(token: string | undefined): { readonly token?: string } {
  return token === undefined ? {} : { token };
}

/** The payload, its evidence completed by what the worker's host put beside it. Nothing is believed here: each worker verifies the other. */
async function call(transport: Transport, name: ActionName, input: JsonObject): Promise<JsonObject> {
  const { payload, collateral } = unverifiedReply(await transport(name, requestBody(secureRandom, input)));
  const said = payload as JsonObject;
  if (findAction(name)?.showsEvidence !== true) return said;
  return {
    ...said,
    evidence: endorseEvidence(said["evidence"] as JsonObject, (collateral ?? {}) as JsonObject),
  };
}

function peerOf({ public_key = "", ecdh_public_key = "", evidence = {} }: JsonObject): JsonObject {
  return { public_key, ecdh_public_key, evidence };
}

const status = jsonObject(
  { dispatched: jsonNullable(jsonObject({ hash: jsonString() }, "ignored")), ecdh_public_key: jsonString() },
  "ignored",
);

async function statusOf(transport: Transport): Promise<ReturnType<typeof status>> {
  return status(await call(transport, "get_status", {}), "");
}

async function dispatchedHash(transport: Transport): Promise<Uint8Array> {
  const { dispatched } = await statusOf(transport);
  if (dispatched === null) throw new ClientError({ code: "client/not-initialized" });
  return fromHex(dispatched.hash);
}

function isMoved(error: unknown): boolean {
  return (
    error instanceof ClientError &&
    error.detail.code === "client/refused" &&
    error.detail.reason === "trie/root-missing"
  );
}

async function untilServing(transport: Transport, key: Json): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    const now = await statusOf(transport).catch(() => undefined);
    if (now?.ecdh_public_key === key) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new CliError({ code: "cli/not-back", waitedMs: patienceMs });
}
