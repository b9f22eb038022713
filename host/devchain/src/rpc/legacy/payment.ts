import { concat } from "@pruntime/core/bytes";
import { encode, Reader, readCompact } from "@pruntime/core/scale";
import type { Method, MethodTable } from "../method.ts";

const dispatchClasses = ["normal", "operational", "mandatory"] as const;

/** Returns the weight, class and fee of an extrinsic. Its signature need not be valid. */
const queryInfo: Method = (params, { node }) => {
  const extrinsic = params.bytes(0);
  const block = node.stateBlock(params.optional(1, params.hash));
  const length = encode(extrinsic.length, (w, value) => w.u32(value));
  const r = new Reader(node.call(block, "TransactionPaymentApi_query_info", concat(extrinsic, length)));
  const weight = { ref_time: Number(readCompact(r)), proof_size: Number(readCompact(r)) };
  return { weight, class: dispatchClasses[r.u8()] ?? "normal", partialFee: r.u128().toString() };
};

/** The only fee method that wallets call. */
export const paymentMethods: MethodTable = { payment_queryInfo: queryInfo };
