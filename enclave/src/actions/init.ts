/**
 * `init_runtime`: gives the worker its chain. The host keeps the input, sealed, so that a restarted worker
 * comes back on the same chain.
 */
import type { InputOf, initRuntime, OutputJsonOf } from "@pruntime/api";
import { type Evidence, evidenceToJson } from "@pruntime/core/attestation";
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { canonicalJson, JsonError } from "@pruntime/core/json";
import { decodeAll, encode, type Reader } from "@pruntime/core/scale";
import type { Event, Meaning, ParachainStart, StartPoint } from "@pruntime/runtime";
import { keepIdentity, requireOwnChain } from "../identity.ts";
import { ask, type Enclave, type Handled, type Handlers, inWordsOf2020, Refusal2020 } from "./action.ts";
import { workerReportData } from "./evidence.ts";

/** Name of the sealed blob. */
export const initBlob = "init";

type Init = Extract<Event, { kind: "init" }>;

/** The caller of `init_runtime` gives no nonce, so its evidence proves no freshness. */
const noNonce = new Uint8Array(32);

/** Starts the worker on a chain. */
export const initHandlers: Handlers<"init_runtime"> = {
  init_runtime: (enclave, { skip_ra, ...anchor }) => {
    if (enclave.runtime.status() !== undefined)
      throw new Refusal2020("Already initialized", { code: "runtime/already-initialized" });
    const event: Init = {
      kind: "init",
      start: startPoint(anchor),
      meaning: meaningOf(anchor),
      parachain: parachainOf(anchor),
    };
    const { boundTo } = enclave;
    if (skip_ra && boundTo === undefined) return started(enclave, event, {});
    const anchored = ask({ runtime: enclave.trialRuntime() }, event);
    requireOwnChain(boundTo, anchored.anchor);
    if (skip_ra) return started(enclave, event, {});
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
 * The three texts of 2020. Only reports of Intel's attestation service came with a signature beside them,
 * so the other two are empty.
 */
function reportOf(evidence: Evidence): Report {
  return { report: canonicalJson(evidenceToJson(evidence)), signature: "", signing_cert: "" };
}

function started(enclave: Enclave, event: Init, payload: Report): Handled<Payload> {
  ask(enclave, event);
  const { sealer, secrets, runtime } = enclave;
  const { signer, keyPair } = enclave.identity;
  return {
    payload: {
      attestation: { payload, provider: enclave.producer.provider, version: 1 },
      ecdh_public_key: toHex(keyPair.publicKey),
      public_key: toHex(signer.publicKey),
    },
    puts: [
      ...(enclave.boundTo === undefined ? keepIdentity(sealer, secrets, runtime) : []),
      { key: initBlob, bytes: sealer.seal(initBlob, encodeInit(event)) },
    ],
  };
}

type Anchor = Omit<InputOf<typeof initRuntime>, "skip_ra">;

/** Genesis as in 2020, or a checkpoint: one of them. */
function startPoint({ bridge_genesis_info_b64: info, checkpoint: text }: Anchor): StartPoint {
  if (info !== undefined && text === undefined) return { kind: "genesis", info };
  if (info === undefined && text !== undefined) return { kind: "checkpoint", text };
  const at = info === undefined ? "/input/bridge_genesis_info_b64" : "/input/checkpoint";
  throw new JsonError(
    info === undefined ? { code: "json/missing-key", at } : { code: "json/unknown-key", at },
  );
}

function parachainOf({ parachain }: Anchor): ParachainStart | undefined {
  return parachain == null ? undefined : { id: parachain.id, genesisHeader: parachain.genesis_header_b64 };
}

/** Metadata that is given, or proven by the runtime's own code; without either, bodies as in 2020. */
function meaningOf({ code_proof_b64: codeProof, runtime_metadata_b64: metadata }: Anchor): Meaning {
  if (codeProof !== undefined && metadata !== undefined)
    throw new JsonError({ code: "json/unknown-key", at: "/input/runtime_metadata_b64" });
  if (codeProof !== undefined) return { kind: "proven", codeProof };
  return metadata === undefined ? { kind: "bodies" } : { kind: "told", metadata };
}

/**
 * `2 ‖ start u8 ‖ Vec info or UTF-8 checkpoint ‖ meaning u8 ‖ Vec<Vec<u8>> ‖ Option<parachain id u32 ‖ Vec
 * header>`. The parts of a meaning are the metadata, or the nodes of the code's proof.
 */
function encodeInit({ start, meaning, parachain }: Init): Uint8Array {
  return encode(start, (w) => {
    w.u8(2).u8(startTags.indexOf(start.kind));
    w.vecU8(start.kind === "genesis" ? start.info : utf8(start.text));
    w.u8(meaningTags.indexOf(meaning.kind)).vec(partsOf(meaning), (out, part) => out.vecU8(part));
    w.option(parachain, (out, { id, genesisHeader }) => out.u32(id).vecU8(genesisHeader));
  });
}

const startTags = ["genesis", "checkpoint"] as const;
const meaningTags = ["bodies", "told", "proven"] as const;

function partsOf(meaning: Meaning): readonly Uint8Array[] {
  if (meaning.kind === "proven") return meaning.codeProof;
  return meaning.kind === "told" ? [meaning.metadata] : [];
}

/** The event that a kept blob repeats. @throws CodecError, BytesError */
export function decodeInit(content: Uint8Array): Init {
  return decodeAll(content, (r) => {
    const version = r.u8();
    if (version !== 2) throw r.badTag("Init", version);
    return { kind: "init", start: readStart(r), meaning: readMeaning(r), parachain: r.option(readParachain) };
  });
}

function readStart(r: Reader): StartPoint {
  const tag = r.u8();
  const bytes = r.vecU8().slice();
  if (startTags[tag] === undefined) throw r.badTag("StartPoint", tag);
  return startTags[tag] === "genesis"
    ? { kind: "genesis", info: bytes }
    : { kind: "checkpoint", text: fromUtf8(bytes) };
}

function readParachain(r: Reader): ParachainStart {
  return { id: r.u32(), genesisHeader: r.vecU8().slice() };
}

function readMeaning(r: Reader): Meaning {
  const tag = r.u8();
  const parts = r.vec(1, (part) => part.vecU8().slice());
  const [metadata] = parts;
  if (meaningTags[tag] === "bodies") return { kind: "bodies" };
  if (meaningTags[tag] === "proven") return { kind: "proven", codeProof: parts };
  if (meaningTags[tag] === undefined || metadata === undefined) throw r.badTag("Meaning", tag);
  return { kind: "told", metadata };
}
