/** Makes an enclave follow an embedded chain. */
import { toBase64 } from "@pruntime/core/bytes";
import type { JsonObject } from "@pruntime/core/json";
import type { Devchain } from "@pruntime/devchain";
import { expect } from "vitest";
import { blocks, headers, initEvent } from "../../../trusted/runtime/test/support/devchain.ts";
import type { Called, Started } from "./enclave.ts";

export const question = {
  origin: null,
  query_payload: '{"Plain":"{\\"contract_id\\":2,\\"nonce\\":1,\\"request\\":\\"TotalIssuance\\"}"}',
};

export const finalized = (worker: Started): unknown => worker.call("get_status").payload.finalized as unknown;

/** Starts a worker at the genesis of an embedded chain, with metadata on trust. @param more other terms */
export function init(worker: Started, chain: Devchain, more: JsonObject = {}): Called {
  const { start: from, meaning } = initEvent(chain);
  if (from.kind !== "genesis" || meaning.kind !== "told") throw new Error("another start");
  return worker.call("init_runtime", {
    skip_ra: true,
    bridge_genesis_info_b64: toBase64(from.info),
    runtime_metadata_b64: toBase64(meaning.metadata),
    ...more,
  });
}

/**
 * Sends headers in batches with these last blocks, and returns the code of the first refusal.
 * @param from the first block
 */
export function sync(
  worker: Started,
  chain: Devchain,
  ends: readonly number[],
  from = 1,
): string | undefined {
  for (const [i, to] of ends.entries()) {
    const { headers: encoded } = headers(chain, i === 0 ? from : ends[i - 1]! + 1, to);
    const { code } = worker.call("sync_header", { headers_b64: encoded.map(toBase64) });
    if (code !== undefined) return code;
  }
  return undefined;
}

/** Sends the blocks up to this number, all final. @param from the first of these blocks */
export function dispatch(worker: Started, chain: Devchain, to: number, from = 1): void {
  const { blocks: encoded } = blocks(chain, from, to);
  expect(worker.call("dispatch_block", { blocks_b64: encoded.map(toBase64) }).code).toBeUndefined();
}
