import { to0x } from "@pruntime/core/bytes";
import { encode } from "@pruntime/core/scale";
import type { FinalityProof } from "../../types.ts";
import { type Method, type MethodTable, unsubscribe } from "../method.ts";

/**
 * Returns SCALE `{block: H256, justification: Vec<u8>, unknown_headers: Vec<Header>}`, or `null` if a fault
 * hides `block`.
 * @throws {@link RpcError} `4`
 */
const proveFinality: Method = (params, { node }) => {
  const proof = node.proveFinality(params.u32(0));
  return proof === undefined ? null : to0x(encodeFinalityProof(proof));
};

const subscribeJustifications: Method = (_, { session }) =>
  session.open("grandpa_justifications", (emit) => ({
    close: session.listen((event) => event.kind === "finalized" && emit(to0x(event.justification))),
  }));

/** The methods that prove finality and follow justifications. */
export const grandpaMethods: MethodTable = {
  grandpa_proveFinality: proveFinality,
  grandpa_subscribeJustifications: subscribeJustifications,
  grandpa_unsubscribeJustifications: unsubscribe,
};

function encodeFinalityProof({ target, justification, unknownHeaders }: FinalityProof): Uint8Array {
  return encode(unknownHeaders, (w, headers) => {
    w.raw(target.hash).vecU8(justification);
    w.vec(headers, (out, header) => out.raw(header));
  });
}
