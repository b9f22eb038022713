/**
 * Fetches headers and justifications over a node's JSON-RPC. `grandpa_proveFinality` returns a justification
 * and the headers above a given block. `chain_getHeader` returns the header of the given block itself.
 */
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { decodeHeader, headerHash, leastHeaderBytes, readHeader } from "@pruntime/core/chain";
import type { NamedBlock } from "@pruntime/core/channel";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import {
  canonicalJson,
  type Json,
  json0x,
  jsonAny,
  jsonNullable,
  jsonObject,
  jsonOptional,
  parseJson,
} from "@pruntime/core/json";
import { decodeAll, type Reader } from "@pruntime/core/scale";
import { ClientError } from "../error.ts";
import { checkNodeChain } from "../node-chain.ts";
import { readAtMost } from "../read-at-most.ts";
import type { HeaderSource } from "./check.ts";
import { headerOfJson } from "./header-json.ts";

/** Makes one JSON-RPC call to a node. */
export type RpcCall = (method: string, params: readonly Json[]) => Promise<Json>;

/**
 * A node's answer.
 * @limit bytes
 * @source Polkadot: nodes send at most 15 MiB, unless an operator changed that
 * @past `client/node-answer-too-large`
 */
const maxAnswerBytes = 16 << 20;
const limits = { maxLength: maxAnswerBytes, maxDepth: 64 };
const response = jsonObject({ result: jsonOptional(jsonAny), error: jsonOptional(jsonAny) }, "ignored");

/**
 * How long a client waits for a node's answer about finality.
 * @limit ms
 * @source chosen
 * @past `client/node-unreachable`
 */
const usualTimeoutMs = 30_000;

/**
 * Makes JSON-RPC calls over HTTP. Substrate nodes serve HTTP and WebSocket on the same port, so either URL
 * works.
 * @throws {@link ClientError} `client/node-unreachable`, `client/node-refused`,
 * `client/node-answer-too-large`
 */
export function httpRpc(node: string, timeoutMs: number = usualTimeoutMs): RpcCall {
  const url = node.replace(/^ws/, "http");
  return async (method, params) => {
    try {
      const body = canonicalJson({ id: 1, jsonrpc: "2.0", method, params });
      const headers = { "content-type": "application/json" };
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await fetch(url, {
        method: "POST",
        headers,
        body: utf8(body) as Uint8Array<ArrayBuffer>,
        redirect: "error",
        signal,
      });
      const bytes = await readAtMost(answer, maxAnswerBytes);
      if (bytes === undefined)
        throw new ClientError({ code: "client/node-answer-too-large", method, limit: maxAnswerBytes });
      const { result, error } = response(parseJson(fromUtf8(bytes), limits), "");
      if (result === undefined)
        throw new ClientError({ code: "client/node-refused", method, reason: canonicalJson(error ?? null) });
      return result;
    } catch (cause) {
      throw cause instanceof ClientError
        ? cause
        : new ClientError({ code: "client/node-unreachable", url }, { cause });
    }
  };
}

/**
 * Returns a header source that asks a node. For a given block, the node proves the last block of the
 * authority set at that block, or the latest block that the node can prove.
 * @see polkadot-sdk `substrate/client/consensus/grandpa/src/finality_proof.rs`
 */
export function rpcHeaders(call: RpcCall): HeaderSource {
  const headerOf = async (hash: Json): Promise<Uint8Array> =>
    headerOfJson(await call("chain_getHeader", [hash]));
  return {
    between: async (from, to) => {
      const headers: Uint8Array[] = [];
      for (let number = from; number <= to; number++)
        headers.push(await headerOf(await call("chain_getBlockHash", [number])));
      return headers;
    },
    after: async (number) => {
      const next = number + 1;
      const proof = jsonNullable(json0x())(await call("grandpa_proveFinality", [next]), "");
      const hash = proof === null ? null : await call("chain_getBlockHash", [next]);
      if (proof === null || hash === null) return undefined;
      const { justification, unknown } = decodeAll(proof, readFinalityProof);
      return { headers: [await headerOf(hash), ...unknown], justification };
    },
  };
}

/**
 * Returns the option `node` of `connect`: the latest block that the client's own node calls final. The client
 * trusts the node for this block, whose hash is computed from the header that the node sends. If the node
 * follows another chain than the worker, the option throws {@link ClientError} `client/node-on-other-chain`.
 */
export function rpcFinalized(
  call: RpcCall,
  crypto: Crypto = portableCrypto,
): (genesisHash: Uint8Array) => Promise<NamedBlock> {
  return async (genesisHash) => {
    const [genesis, head] = await Promise.all([
      call("chain_getBlockHash", [0]),
      call("chain_getFinalizedHead", []),
    ]);
    checkNodeChain(genesisHash, json0x(32)(genesis, ""));
    const encoded = headerOfJson(await call("chain_getHeader", [head]));
    return { number: decodeHeader(encoded).number, hash: headerHash(crypto, encoded) };
  };
}

/**
 * `target hash(32) ‖ Vec<u8> justification ‖ Vec<Header>`. The headers are those above the requested block.
 */
function readFinalityProof(r: Reader): {
  readonly justification: Uint8Array;
  readonly unknown: readonly Uint8Array[];
} {
  r.take(32);
  return { justification: r.vecU8(), unknown: r.vec(leastHeaderBytes, readEncodedHeader, 100_000) };
}

function readEncodedHeader(r: Reader): Uint8Array {
  const start = r.offset;
  readHeader(r);
  return r.bytes.subarray(start, r.offset);
}
