/** Builds the inputs that a relay sends (in 2020, pHost), from the small chain of the runtime's tests. */
import { toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { createDevchain } from "@pruntime/devchain";
import { alice, bob } from "../../../trusted/runtime/test/support/devchain.ts";
import {
  extrinsic2020,
  pushCommand2020,
  type TinyChain,
} from "../../../trusted/runtime/test/support/tiny-chain.ts";
import type { Started } from "./enclave.ts";

export { alice, bob } from "../../../trusted/runtime/test/support/devchain.ts";
export { milliseconds, TinyChain } from "../../../trusted/runtime/test/support/tiny-chain.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
export const metadata: Uint8Array = devchain.metadata(14);
/** The embedded chain's runtime, a wasm module. */
export const runtimeModule: Uint8Array = devchain.stateOf(devchain.blockAt(0)!).get(wellKnownKeys.code)!;
devchain.close();

export function initInput(chain: TinyChain, runtimeMetadata?: Uint8Array) {
  return {
    bridge_genesis_info_b64: toBase64(chain.genesisInfo()),
    skip_ra: true,
    ...(runtimeMetadata === undefined ? {} : { runtime_metadata_b64: toBase64(runtimeMetadata) }),
  };
}

export function initialized(started: Started, chain: TinyChain, runtimeMetadata?: Uint8Array): Started {
  const { outcome } = started.call("init_runtime", initInput(chain, runtimeMetadata));
  if (outcome !== "ok") throw new Error("not initialized");
  return started;
}

export const headersInput = (chain: TinyChain, from: number, to: number) => ({
  headers_b64: chain.headers(from, to).headers.map(toBase64),
  authority_set_change_b64: null,
});

export const blocksInput = (chain: TinyChain, from: number, to: number) => ({
  blocks_b64: chain.dispatch(from, to).blocks.map(toBase64),
});

export const bodyInput = (
  ...[chain, number, other]: readonly [TinyChain, ...Parameters<TinyChain["body"]>]
) => ({
  data: toBase64(chain.body(number, other).block),
});

/** Makes an extrinsic, signed by Alice, with an unsealed command. */
export const command = (contractId: number, value: Json): Uint8Array =>
  extrinsic2020(pushCommand2020(contractId, utf8(canonicalJson({ Plain: canonicalJson(value) }))), alice.id);

export const transfer = (value: number): Uint8Array =>
  command(2, { Transfer: { dest: toHex(bob.id), value: String(value) } });
