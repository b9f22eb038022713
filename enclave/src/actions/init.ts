/** `init_runtime`: gives the worker its chain. What was given is kept sealed, so that a restarted worker comes back on the same chain. */
import { toHex } from "@pruntime/core/bytes";
import { type Json, jsonBase64, jsonBool, jsonObject, jsonOptional } from "@pruntime/core/json";
import { decodeAll, encode } from "@pruntime/core/scale";
import type { Event } from "@pruntime/runtime";
import type { EnclaveError } from "../error.ts";
import { type Answer, ask, type Enclave, Refusal2020 } from "./action.ts";

/** Name of the sealed blob. */
export const initBlob = "init";

type Init = Extract<Event, { kind: "init" }>;

const maxGenesisBytes = 1 << 20;
const maxMetadataBytes = 3 << 20;
const input = jsonObject(
  {
    bridge_genesis_info_b64: jsonBase64(maxGenesisBytes),
    runtime_metadata_b64: jsonOptional(jsonBase64(maxMetadataBytes)),
    skip_ra: jsonBool,
  },
  "ignored",
);

export function initRuntime(enclave: Enclave, json: Json): Answer {
  const { bridge_genesis_info_b64, runtime_metadata_b64, skip_ra } = input(json, "/input");
  if (enclave.runtime.status() !== undefined)
    throw new Refusal2020("Already initialized", { code: "runtime/already-initialized" });
  if (!skip_ra)
    throw new Refusal2020("Error while connecting to IAS", { code: "enclave/no-attestation" } satisfies EnclaveError["detail"]);
  const event: Init = { kind: "init", genesisInfo: bridge_genesis_info_b64, runtimeMetadata: runtime_metadata_b64 };
  ask(enclave, event);
  const { signer, keyPair } = enclave.identity;
  return {
    payload: {
      attestation: { payload: {}, provider: enclave.sealer.provider, version: 1 },
      ecdh_public_key: toHex(keyPair.publicKey),
      public_key: toHex(signer.publicKey),
    },
    puts: [{ key: initBlob, bytes: enclave.sealer.seal(initBlob, encodeInit(event)) }],
  };
}

/** `1 ‖ Vec genesis info ‖ Option<Vec metadata>`. */
function encodeInit({ genesisInfo, runtimeMetadata }: Init): Uint8Array {
  return encode(genesisInfo, (w) => {
    w.u8(1)
      .vecU8(genesisInfo)
      .option(runtimeMetadata, (out, metadata) => out.vecU8(metadata));
  });
}

/** The event that a kept blob repeats. @throws CodecError */
export function decodeInit(content: Uint8Array): Init {
  return decodeAll(content, (r) => {
    const version = r.u8();
    if (version !== 1) throw r.badTag("Init", version);
    return { kind: "init", genesisInfo: r.vecU8().slice(), runtimeMetadata: r.option((o) => o.vecU8().slice()) };
  });
}
