/** The chain's registry of workers: `register`, `workers`, `set-policy`. */
import { accountOf, ChainClient } from "@pruntime/client/chain";
import { lineageJson } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { connectNode, fetchRegistration, RemoteWorker, SubstrateNode } from "@pruntime/relay";
import type { Command } from "commander";
import { readPolicyFile } from "../policy/file.ts";
import { policyOf, type VerdictOptions, withPolicy } from "../policy/verdict.ts";
import { registerAs } from "../registry/register.ts";
import {
  type RegisteredWorker,
  type RegistryState,
  readRegisteredEvidence,
  readRegistry,
} from "../registry/state.ts";
import { type RecordVerdict, verdictByChain, verdictByEvidence } from "../registry/verdict.ts";
import { note, type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { accountSecret, accountSources } from "../terminal/secret.ts";
import { type NodeFlags, nodeOf, withNode } from "../worker/addresses.ts";
import { websocketClass, withJson } from "../worker/connect.ts";
import { type OperatorFlags, operatorOf, withOperatorAddress } from "../worker/operator-address.ts";

interface RegisterOptions extends OutputOptions, OperatorFlags, NodeFlags {
  readonly signer: string;
}

interface SetPolicyOptions extends OutputOptions, NodeFlags {
  readonly signer: string;
}

interface WorkersOptions extends OutputOptions, VerdictOptions, NodeFlags {
  readonly verify: boolean;
}

/** Adds `pruntime register`, `set-policy` and `workers`. */
export function registerWorkers(program: Command): void {
  withOperatorAddress(withNode(withJson(program.command("register"))))
    .description(
      "name an account as a worker's operator, and register the worker in the chain's registry with fresh " +
        "evidence that is bound to this account",
    )
    .option("--signer <account>", `the account: ${accountSources}`, accountSecret("--signer"), "//Alice")
    .addHelpText(
      "after",
      `
Examples:
  $ pruntime register
  $ pruntime register --signer //Bob --operator http://127.0.0.1:8001 --token-file token`,
    )
    .action((options: RegisterOptions) => runAction(options, () => register(options)));

  withNode(withJson(program.command("set-policy <file>")))
    .description("replace the policy of the chain's registry; only its admin may do this")
    .option("--signer <account>", `the admin: ${accountSources}`, accountSecret("--signer"), "//Alice")
    .addHelpText(
      "after",
      `
The change does not judge registered workers again: workers that an earlier policy accepted are listed as
stale until they register again. A relay with --register registers its worker again.

Example:
  $ pruntime set-policy policy.json`,
    )
    .action((path: string, options: SetPolicyOptions) => runAction(options, () => setPolicy(options, path)));

  withPolicy(
    withNode(withJson(program.command("workers"))),
    "judge the workers by this policy instead of the registry's; their evidence is then verified here",
  )
    .description("list the workers in the chain's registry, with a verdict on each")
    .option(
      "--verify",
      "verify the workers' evidence here, by the registry's policy, instead of trusting the chain",
      false,
    )
    .addHelpText(
      "after",
      `
The node's answers about the state are trusted. Verdicts: accepted; stale, if a policy other than the one in
force accepted the worker; refused, only with --verify or --policy. Evidence is verified as of the block in
which the worker was registered, and judged at the chain's time.

Examples:
  $ pruntime workers
  $ pruntime workers --verify --json
  $ pruntime workers --policy mine.json`,
    )
    .action((options: WorkersOptions) => runAction(options, () => workers(options)));
}

/**
 * Sets the policy. If the file has a signature over the policy, the signature is left out, because the
 * registry trusts the account that sets the policy.
 */
async function setPolicy({ signer, ...options }: SetPolicyOptions, path: string): Promise<void> {
  const { document, hash } = readPolicyFile(await createNativeCrypto(), path, {});
  const chain = await ChainClient.connect(nodeOf(options), { websocketClass });
  try {
    const pushed = await chain.setRegistryPolicy(accountOf(signer), canonicalJson(document.policy));
    const facts = { policy_hash: toHex(hash), ...pushed };
    printResult(options, facts, `policy ${facts.policy_hash} in force, final in block ${pushed.blockNumber}`);
  } finally {
    chain.close();
  }
}

async function register({ signer, ...options }: RegisterOptions): Promise<void> {
  const nodeUrl = nodeOf(options);
  const { account, operator, submit } = registerAs(signer, nodeUrl);
  const worker = new RemoteWorker(operatorOf(options));
  const registration = await atNode(nodeUrl, (node) => fetchRegistration(node, worker, operator));
  note(`evidence over block ${registration.blockNumber}; signing for ${account}`);
  const pushed = await submit(registration, new AbortController().signal);
  const facts = {
    public_key: toHex(registration.publicKey),
    operator: account,
    evidence_block: registration.blockNumber,
  };
  printResult(
    options,
    { ...facts, ...pushed },
    `worker ${facts.public_key} registered, final in block ${pushed.blockNumber}`,
  );
}

async function workers(options: WorkersOptions): Promise<void> {
  const nodeUrl = nodeOf(options);
  const crypto = await createNativeCrypto();
  const own = policyOf(crypto, options);
  await atNode(nodeUrl, async (node) => {
    const state = await readRegistry(node, crypto);
    const listed: Listed[] = [];
    for (const worker of state.workers) {
      const isLookedAt = options.verify || own !== undefined;
      const verdict = isLookedAt
        ? await look(node, crypto, state, worker, own?.policy ?? state.policy)
        : verdictByChain(state, worker);
      listed.push({ worker, verdict });
    }
    const judgedBy = own === undefined ? "the registry's policy" : `the policy in ${options.policy}`;
    printResult(
      options,
      {
        node: nodeUrl,
        block: { number: state.at.number, hash: toHex(state.at.hash) },
        chain_time_ms: String(state.timeMs),
        mode: state.mode,
        policy_hash: toHex(state.policyHash),
        judged_by: toHex(own?.hash ?? state.policyHash),
        workers: listed.map((one) => factsOf(state, one)),
      },
      [headline(state, judgedBy), ...listed.flatMap((one) => wordsOf(state, one))],
    );
  });
}

interface Listed {
  readonly worker: RegisteredWorker;
  readonly verdict: RecordVerdict;
}

async function look(
  node: SubstrateNode,
  crypto: Crypto,
  state: RegistryState,
  worker: RegisteredWorker,
  policy: RegistryState["policy"],
): Promise<RecordVerdict> {
  const looked = {
    evidence: await readRegisteredEvidence(node, crypto, worker.publicKey, state.at.hash),
    genesisHash: await node.genesisHash(),
    nonce: await node.hashAt(worker.evidenceBlock),
  };
  return verdictByEvidence(crypto, policy, state, worker, looked);
}

/** The stable format of `--json`: hex without `0x`, and chain times in milliseconds as decimal strings. */
function factsOf(state: RegistryState, { worker, verdict }: Listed): object {
  return {
    public_key: toHex(worker.publicKey),
    ecdh_public_key: toHex(worker.ecdhPublicKey),
    operator: toHex(worker.operator),
    kind: worker.kind,
    measurements: worker.measurements,
    tcb_status: worker.tcbStatus,
    advisories: worker.advisories,
    anchor: toHex(worker.anchor),
    genesis_hash: toHex(worker.genesisHash),
    registered_at: worker.registeredAt,
    registered_ms: String(worker.registeredMs),
    age_sec: ageSec(state, worker),
    evidence_block: worker.evidenceBlock,
    evidence_hash: toHex(worker.evidenceHash),
    policy_hash: toHex(worker.policyHash),
    lineage: lineageJson(worker.lineage),
    stale: verdictByChain(state, worker).verdict === "stale",
    ...verdict,
  };
}

function ageSec({ timeMs }: RegistryState, { registeredMs }: RegisteredWorker): number {
  return Math.floor((timeMs - Number(registeredMs)) / 1000);
}

function headline({ at, mode, policyHash, workers }: RegistryState, judgedBy: string): string {
  const count = workers.length === 1 ? "1 worker" : `${workers.length} workers`;
  const words =
    mode === "development"
      ? "development mode: simulation may be accepted"
      : "production mode: no simulation";
  return `${count} at block ${at.number}, by ${judgedBy}; ${words}; policy ${toHex(policyHash)}`;
}

function wordsOf(state: RegistryState, { worker, verdict }: Listed): readonly string[] {
  const kind =
    worker.kind === "simulated" ? "simulated, which proves nothing" : `${worker.kind}, ${worker.tcbStatus}`;
  const by = verdict.verified ? "verified here" : "according to the chain";
  return [
    "",
    `${toHex(worker.publicKey)}  ${verdict.verdict} (${by})`,
    `  ${kind}; registered in block ${worker.registeredAt}, ${ageSec(state, worker)} s ago, ` +
      `for ${toHex(worker.operator)}`,
    ...Object.entries(worker.measurements).map(([name, hex]) => `  ${name} ${hex}`),
    ...worker.lineage.map(
      ({ kind, code, block }) =>
        `  keys held at block ${block.number} by ${kind} ${Object.values(code).join(" ")}`,
    ),
    ...worker.advisories.map((id) => `  advisory ${id}`),
    ...(verdict.verdict === "stale" ? [`  accepted by another policy: ${toHex(worker.policyHash)}`] : []),
    ...verdict.reasons.map(({ rule, said }) => `  refused: ${said} [${rule}]`),
  ];
}

async function atNode<T>(url: string, run: (node: SubstrateNode) => Promise<T>): Promise<T> {
  const connection = await connectNode(url);
  try {
    return await run(new SubstrateNode(connection, await createNativeCrypto()));
  } finally {
    connection.close();
  }
}
