/**
 * A host copies a worker's stored files, starts clones from them, and sends a query that it recorded to each
 * clone, held at a block of the host's choice. The size of a reply could show when a balance changed.
 */
import { toHex } from "@pruntime/core/bytes";
import { expect, it } from "vitest";
import { alice, manualChain } from "../../trusted/runtime/test/support/devchain.ts";
import { outcomeOf, sealed } from "../../trusted/runtime/test/support/worker.ts";
import { seededRandom, start } from "./support/enclave.ts";
import { dispatch, init, sync } from "./support/follow-devchain.ts";

it("a recorded query is answered once, by one process: clones refuse it, at every block", async () => {
  const chain = await manualChain();
  for (let number = 1; number <= 6; number++) chain.produceBlock();
  const worker = start();
  init(worker, chain);
  const files = new Map(worker.store);
  const query = sealed(
    worker.enclave.runtime,
    2,
    { FreeBalance: { account: toHex(alice.id) } },
    { by: alice },
  );
  const recorded = { origin: null, query_payload: query.event.query.queryPayload };
  expect(worker.call("query", recorded)).toMatchObject({ status: 200, code: undefined });
  expect(outcomeOf(worker.enclave.runtime, query)).toBe("query/replayed");

  const replies = [0, 1, 3, 6].map((block) => {
    const clone = start({ store: new Map(files), random: seededRandom(2 + block) });
    expect(clone.enclave.identity.signer.publicKey).toEqual(worker.enclave.identity.signer.publicKey);
    if (block > 0) {
      expect(sync(clone, chain, [block])).toBeUndefined();
      dispatch(clone, chain, block);
    }
    return clone.call("query", recorded);
  });
  for (const reply of replies) {
    expect(reply).toMatchObject({ status: 409, code: "query/other-session" });
    expect(reply.text).toBe(replies[0]?.text);
  }
});
