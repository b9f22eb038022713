/** Implements the runtime's APIs for `state_call`. */
import { to0x } from "@pruntime/core/bytes";
import { CodecError, decodeAll, type Reader, Writer } from "@pruntime/core/scale";
import { DevchainError } from "../error.ts";
import type { Value } from "../frame/codec.ts";
import type { Storage } from "../frame/storage.ts";
import { currentAuthorities, currentSetId } from "../pallets/grandpa.ts";
import { account } from "../pallets/system.ts";
import { inherentWeight } from "../pallets/timestamp.ts";
import { longevity } from "./era.ts";
import type { Runtime } from "./runtime.ts";
import { checkExtrinsic, checkNonce, decodeExtrinsic, type Invalidity, type Tip } from "./validity.ts";
import { versionConstant } from "./version.ts";

/** The runtime and the state on which an API method is called. */
export interface ApiState {
  readonly runtime: Runtime;
  readonly storage: Storage;
  readonly tip: Tip;
}

/** Reads all arguments and returns the output. */
type Method = (state: ApiState, r: Reader) => Value;

const methods: Readonly<Record<string, Method>> = {
  "Core.version": ({ runtime }) => versionConstant(runtime.version),
  "Metadata.metadata": ({ runtime }) => runtime.codecs.metadata.get(14),
  "Metadata.metadata_at_version": ({ runtime }, r) => runtime.codecs.metadata.get(r.u32()),
  "Metadata.metadata_versions": ({ runtime }) => [...runtime.codecs.metadata.keys()],
  "TaggedTransactionQueue.validate_transaction": validateTransaction,
  "GrandpaApi.grandpa_authorities": ({ storage }) => currentAuthorities(storage),
  "GrandpaApi.current_set_id": ({ storage }) => storage.get(currentSetId),
  "AccountNonceApi.account_nonce": ({ storage }, r) => storage.get(account, to0x(r.take(32))).nonce,
  "TransactionPaymentApi.query_info": ({ runtime }, r) => {
    const encoded = takeExtrinsic(r);
    const weight = isBare(encoded) ? inherentWeight : decodeExtrinsic(runtime, encoded).size.weight;
    r.u32(); // the extrinsic's length, which does not matter, because there are no fees
    return {
      weight: { ref_time: weight, proof_size: 0n },
      class: { type: "Normal", value: undefined },
      partial_fee: 0n,
    };
  },
};

/**
 * Calls an API method; arguments and output are SCALE.
 * @param method `Api_method`
 * @throws {@link DevchainError} `devchain/unknown-runtime-api`, `devchain/bad-arguments`
 */
export function callRuntimeApi(state: ApiState, method: string, args: Uint8Array): Uint8Array {
  const [api, name] = [method.slice(0, method.indexOf("_")), method.slice(method.indexOf("_") + 1)];
  const known = state.runtime.role !== "para" || api !== "GrandpaApi";
  const run = known && Object.hasOwn(methods, `${api}.${name}`) ? methods[`${api}.${name}`] : undefined;
  if (run === undefined) throw new DevchainError({ code: "devchain/unknown-runtime-api", method });
  try {
    const output = decodeAll(args, (r) => run(state, r));
    return state.runtime.codecs.output(api, name).enc(output);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new DevchainError({ code: "devchain/bad-arguments", method }, { cause });
  }
}

/** Reads an extrinsic that is an argument, and returns it with its length prefix. */
function takeExtrinsic(r: Reader): Uint8Array {
  const start = r.offset;
  r.vecU8();
  return r.bytes.subarray(start, r.offset);
}

/** Whether an extrinsic has no signature. Wallets ask for the fee of such extrinsics, too. */
function isBare(encoded: Uint8Array): boolean {
  const version = decodeAll(encoded, (r) => r.vecU8())[0];
  return version === 4 || version === 5;
}

function validateTransaction({ runtime, storage, tip }: ApiState, r: Reader): Value {
  const source = r.u8();
  if (source > 2) throw r.badTag("TransactionSource", source);
  const encoded = takeExtrinsic(r);
  r.take(32); // the hash of the block on which the method is called
  const checked = checkExtrinsic(runtime, storage, tip, decodeExtrinsic(runtime, encoded));
  if (typeof checked === "string") return invalid(checked);
  const nonce = checkNonce(checked, storage);
  if (nonce === "Stale") return invalid(nonce);
  const { extrinsic } = checked;
  const tag = (nonce: number): Uint8Array => new Writer().raw(extrinsic.signer).u32(nonce).finish();
  return {
    success: true,
    value: {
      priority: 0n,
      requires: nonce === "Future" ? [tag(extrinsic.nonce - 1)] : [],
      provides: [tag(extrinsic.nonce)],
      longevity: longevity(extrinsic.era, tip.number + 1),
      propagate: true,
    },
  };
}

function invalid(invalidity: Invalidity): Value {
  return { success: false, value: { type: "Invalid", value: { type: invalidity, value: undefined } } };
}
