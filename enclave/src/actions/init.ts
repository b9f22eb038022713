/**
 * `init_runtime`: starts the worker on a chain. The host stores the input, sealed, so that a restarted
 * worker follows the same chain.
 */
import type { InputOf, initRuntime, OutputJsonOf } from "@pruntime/api";
import { type Evidence, evidenceToJson } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import { canonicalJson, JsonError } from "@pruntime/core/json";
import type { GenesisBalance } from "@pruntime/core/light-client";
import type { Work } from "@pruntime/core/work";
import type { EventOf, Meaning, ParachainStart, StartPoint } from "@pruntime/runtime";
import {
  answerOf,
  askWork,
  type Handled,
  type Handlers,
  inWordsOf2020,
  Refusal2020,
  type Serving,
} from "./action.ts";
import { atField, atItemOf, base64Of, base64OfAll } from "./base64.ts";
import { workerReportData } from "./evidence.ts";

/** The caller of `init_runtime` gives no nonce, so nothing proves that the evidence in the reply is fresh. */
const noNonce = new Uint8Array(32);

/** The handler that starts the worker on a chain. */
export const initHandlers: Handlers<"init_runtime"> = {
  *init_runtime(enclave, { skip_ra, ...anchor }) {
    if (enclave.runtime.status() !== undefined)
      throw new Refusal2020("Already initialized", { code: "runtime/already-initialized" });
    const meaning = yield* meaningOf(anchor);
    const event: EventOf<"init"> = {
      kind: "init",
      start: yield* startPoint(anchor),
      meaning,
      genesisBalance: anchor.genesis_balance ?? usualBalance(meaning),
      channelV1: anchor.channel_v1 ?? meaning.kind === "bodies",
      parachain: yield* parachainOf(anchor),
      recovery: anchor.recovery_keys,
      policyAuthority: anchor.policy_authority,
    };
    if (skip_ra) return yield* started(enclave, event, {});
    const anchored = answerOf(yield* enclave.runtime.preview(event));
    // A worker below its mark must start, because it reaches the mark only by syncing. It shows no evidence.
    if (anchored.belowMark !== undefined) return yield* started(enclave, event, {});
    return {
      reportData: workerReportData(enclave, "worker", anchored, noNonce),
      answer: (evidence) =>
        started(enclave, event, reportOf(inWordsOf2020("Error while connecting to IAS", evidence))),
    };
  },
};

type Payload = OutputJsonOf<typeof initRuntime>;
type Report = Payload["attestation"]["payload"];

/**
 * Fills the three text fields of 2020. In 2020, a report of Intel's attestation service had a signature and
 * a signing certificate beside it. Evidence is now one document, so these two fields are empty.
 */
function reportOf(evidence: Evidence): Report {
  return { report: canonicalJson(evidenceToJson(evidence)), signature: "", signing_cert: "" };
}

function* started(enclave: Serving, event: EventOf<"init">, payload: Report): Work<Handled<Payload>> {
  yield* askWork(enclave, event);
  const { signer, keyPair } = enclave.identity;
  return {
    payload: {
      attestation: { payload, provider: enclave.producer.provider, version: 1 },
      ecdh_public_key: toHex(keyPair.publicKey),
      public_key: toHex(signer.publicKey),
    },
  };
}

type Anchor = Omit<InputOf<typeof initRuntime>, "skip_ra">;

/**
 * Reads the start point: the genesis as in 2020, or a checkpoint.
 * @throws JsonError unless exactly one of the two is given
 */
function* startPoint({ bridge_genesis_info_b64: info, checkpoint: text }: Anchor): Work<StartPoint> {
  if (info !== undefined && text === undefined)
    return { kind: "genesis", info: yield* base64Of(info, atField("bridge_genesis_info_b64")) };
  if (info === undefined && text !== undefined) return { kind: "checkpoint", text };
  const at = info === undefined ? "/input/bridge_genesis_info_b64" : "/input/checkpoint";
  throw new JsonError(
    info === undefined ? { code: "json/missing-key", at } : { code: "json/unknown-key", at },
  );
}

/**
 * The default genesis balance. If commands are read from block bodies, `//Alice` holds the whole native
 * balance, as in 2020. Otherwise no account has a balance.
 */
function usualBalance({ kind }: Meaning): GenesisBalance {
  return { kind: kind === "bodies" ? "development" : "none" };
}

function* parachainOf({ parachain }: Anchor): Work<ParachainStart | undefined> {
  if (parachain == null) return undefined;
  const { id, genesis_header_b64: header } = parachain;
  return { id, genesisHeader: yield* base64Of(header, atField("parachain/genesis_header_b64")) };
}

/**
 * Reads what defines the meaning of events: the given metadata, or the proven runtime code. If neither is
 * given, commands are read from block bodies, as in 2020.
 * @throws JsonError if both are given
 */
function* meaningOf({ code_proof_b64: codeProof, runtime_metadata_b64: metadata }: Anchor): Work<Meaning> {
  if (codeProof !== undefined && metadata !== undefined)
    throw new JsonError({ code: "json/unknown-key", at: "/input/runtime_metadata_b64" });
  if (codeProof !== undefined)
    return { kind: "proven", codeProof: yield* base64OfAll(codeProof, atItemOf("code_proof_b64")) };
  if (metadata === undefined) return { kind: "bodies" };
  return { kind: "told", metadata: yield* base64Of(metadata, atField("runtime_metadata_b64")) };
}
