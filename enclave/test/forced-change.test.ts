/** A forced change of the authorities. No proof of finality leads across such a change. */
import { toBase64 } from "@pruntime/core/bytes";
import { encodeCheckpoint } from "@pruntime/core/light-client";
import { expect, it } from "vitest";
import { manualChain } from "../../trusted/runtime/test/support/devchain.ts";
import { start } from "./support/enclave.ts";
import { dispatch, finalized, init, question, sync } from "./support/follow-devchain.ts";

it("finality/forced-change: stops the worker, and only new keys begin after it", async () => {
  const chain = await manualChain();
  for (let number = 1; number <= 6; number++) {
    if (number === 4) chain.rotateAuthorities({ forced: true });
    chain.produceBlock();
  }
  const worker = start();
  init(worker, chain);
  expect(sync(worker, chain, [3])).toBeUndefined();
  dispatch(worker, chain, 3);
  const before = finalized(worker);
  const encoded = toBase64(chain.blockAt(4)!.encodedHeader);
  expect(worker.call("stage_header", { headers_b64: [encoded] }).code).toBe("finality/forced-change");
  expect(finalized(worker)).toEqual(before);
  expect(worker.call("query", question)).toMatchObject({ status: 200, outcome: "ok" });

  const block = chain.blockAt(5)!;
  const checkpoint = encodeCheckpoint({
    genesisHash: chain.genesisHash,
    encodedHeader: block.encodedHeader,
    authorities: { setId: 1n, authorities: [{ id: new Uint8Array(32).fill(1), weight: 1n }] },
    pending: [],
  });
  const input = { skip_ra: true, checkpoint, runtime_metadata_b64: toBase64(chain.metadata(14)) };
  const store = new Map(worker.store);
  store.delete("init");
  expect(start({ store }).call("init_runtime", input).code).toBe("runtime/other-chain");
  expect(start().call("init_runtime", input).code).toBeUndefined();
});
