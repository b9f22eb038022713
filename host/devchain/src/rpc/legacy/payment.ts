import { concat } from "@pruntime/core/bytes";
import { encode, Reader, readCompact } from "@pruntime/core/scale";
import { RpcError } from "../error.ts";
import type { Method, MethodTable } from "../method.ts";

const dispatchClasses = ["normal", "operational", "mandatory"] as const;

const runtimeApi = "TransactionPaymentApi_query_info";

/** Returns the weight, class and fee of an extrinsic, whose signature may be missing or invalid. */
const queryInfo: Method = (params, { node }) => {
  const extrinsic = params.bytes(0);
  const block = node.stateBlock(params.optional(1, params.hash));
  const length = encode(extrinsic.length, (w, value) => w.u32(value));
  const r = new Reader(queried(() => node.call(block, runtimeApi, concat(extrinsic, length))));
  const weight = { ref_time: Number(readCompact(r)), proof_size: Number(readCompact(r)) };
  return { weight, class: dispatchClasses[r.u8()] ?? "normal", partialFee: r.u128().toString() };
};

/** The methods for fees. There is only `payment_queryInfo`, because wallets call no other. */
export const paymentMethods: MethodTable = { payment_queryInfo: queryInfo };

/** @throws {@link RpcError} `1` if the runtime cannot read the extrinsic */
function queried(call: () => Uint8Array): Uint8Array {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new RpcError(1, "Unable to query dispatch info.", error.message.replace(/^Client error: /, ""));
  }
}
