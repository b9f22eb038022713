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
  type OutputOf,
  type Peer,
} from "@pruntime/api";
import {
  ClientError,
  requestBody,
  type Transport,
  type UnverifiedReply,
  unverifiedReply,
} from "@pruntime/client";
import { endorseEvidence } from "@pruntime/core/attestation";
import { fromHex, toBase64 } from "@pruntime/core/bytes";
import type { JsonObject } from "@pruntime/core/json";
import { registryPolicyKey } from "@pruntime/core/storage-key";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { connectNode, SubstrateNode } from "@pruntime/relay";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson, withNode } from "../worker/connect.ts";
import { operatorTransport } from "../worker/operator.ts";
import { operatorOf } from "../worker/operator-address.ts";

interface HandoverOptions extends OutputOptions {
  readonly from: string;
  readonly to: string;
  readonly fromTokenFile: string;
  readonly toTokenFile: string;
  readonly node: string;
}

/** Adds `pruntime handover`. */
export function registerHandover(program: Command): void {
  withNode(withJson(program.command("handover")))
    .description(
      "give a new worker the keys of a running one, so that both serve the same contracts; " +
        "the chain's policy must accept both",
    )
    .requiredOption("--from <url>", "the running worker's address for operator calls")
    .requiredOption(
      "--to <url>",
      "the new worker's address for operator calls; it must follow the same chain from the same anchor",
    )
    .requiredOption("--from-token-file <file>", "a file with the running worker's operator token")
    .requiredOption("--to-token-file <file>", "a file with the new worker's operator token")
    .addHelpText(
      "after",
      `
Example:
  $ pruntime handover --from http://127.0.0.1:8001 --from-token-file .pruntime/operator-token \\
      --to http://127.0.0.1:8101 --to-token-file other/operator-token`,
    )
    .action((options: HandoverOptions) => runAction(options, () => handover(options)));
}

async function handover(options: HandoverOptions): Promise<void> {
  const crypto = await createNativeCrypto();
  const connection = await connectNode(options.node);
  const node = new SubstrateNode(connection, crypto);
  const key = registryPolicyKey(crypto);
  const [source, receiver] = [
    sideOf({ operator: options.from, tokenFile: options.fromTokenFile }),
    sideOf({ operator: options.to, tokenFile: options.toTokenFile }),
  ];
  /**
   * Sends a call with a proof of the policy, for the state of the block that the worker executed last. If the
   * worker has executed a later block in the meantime, sends the call again with a new proof.
   */
  const withProof = async <T>(to: Side, send: (proof: readonly string[]) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      const proof = await node.readProof([key], await dispatchedHash(to));
      try {
        return await send(proof.map(toBase64));
      } catch (error) {
        if (attempt === maxAttempts || !isMoved(error)) throw error;
      }
    }
  };
  try {
    const { challenge } = (await call(receiver, handoverBegin, {})).value;
    const offer = await call(source, handoverOffer, { challenge });
    note(`${source.name} has presented its evidence`);
    const { nonce } = offer.value;
    const accepted = await withProof(receiver, (proof) =>
      call(receiver, handoverAccept, { nonce, source: peerOf(offer, proof) }),
    );
    note(`${receiver.name} accepts that evidence and has presented its own`);
    const released = await withProof(source, (proof) =>
      call(source, handoverRelease, { challenge, nonce, receiver: peerOf(accepted, proof) }),
    );
    note(`${source.name} accepts that evidence and has sealed its keys`);
    const { ecdh_public_key } = (await call(receiver, handoverComplete, released.value)).value;
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

interface Side {
  readonly name: string;
  readonly transport: Transport;
}

/**
 * How often a step of a handover is repeated because a worker moved to another block.
 * @limit attempts
 * @source chosen
 * @past the command fails with the worker's refusal
 */
const maxAttempts = 10;
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

type Shown = Pick<OutputOf<typeof handoverAccept>, "public_key" | "ecdh_public_key" | "evidence" | "rules">;

/**
 * The JSON that describes one worker to the other: its keys, its rules number, its evidence with the
 * endorsements that its host added, and the proof of the policy.
 */
function peerOf({ value, collateral = {} }: UnverifiedReply<Shown>, proof: readonly string[]): Peer {
  const { public_key, ecdh_public_key, evidence, rules } = value;
  return {
    public_key,
    rules,
    ecdh_public_key,
    evidence: endorseEvidence(evidence, collateral),
    policy_proof_b64: proof,
  };
}

async function dispatchedHash(worker: Side): Promise<Uint8Array> {
  const { dispatched } = (await call(worker, getStatus, {})).value;
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

async function untilServing(worker: Side, key: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    const now = await call(worker, getStatus, {}).catch(() => undefined);
    if (now?.value.ecdh_public_key === key) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new CliError({ code: "cli/not-back", waitedMs: patienceMs });
}
