import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { decodeAuthorityList, decodeJustification, verifyJustification } from "@pruntime/core/grandpa";
import { grandpaAuthoritiesKey } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { type Devchain, type Faults, faults } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { serve } from "./rpc/bench.ts";
import { connect } from "./rpc/connect.ts";
import { growTo, manualChain } from "./support/chain.ts";

/** Verifies the justification of block 2 that the node serves. */
function verify(chain: Devchain): void {
  const block = chain.blockAt(2)!;
  const authorities = decodeAuthorityList(chain.stateOf(chain.genesis).get(grandpaAuthoritiesKey(crypto))!);
  const justification = decodeJustification(chain.proveFinality(2)!.justification);
  verifyJustification(crypto, { setId: 0n, authorities }, { hash: block.hash, number: 2 }, justification);
}

describe("faults of justifications", () => {
  it.each<[string, Faults, string]>([
    ["wrongSignature", faults.wrongSignature(), "finality/bad-signature"],
    ["missingVotes", faults.missingVotes(2), "finality/below-threshold"],
    ["wrongSetId", faults.wrongSetId(), "finality/bad-signature"],
    ["wrongRound", faults.wrongRound(), "finality/bad-signature"],
  ])("%s makes a verifier refuse, until the fault is switched off", async (name, fault, code) => {
    const chain = await manualChain();
    growTo(chain, 2);
    chain.setFault(name, fault);
    if (code === "")
      verify(chain); // three of four votes are enough
    else expect(() => verify(chain)).toThrow(code);
    chain.setFault(name, undefined);
    verify(chain);
  });

  it("repeatedVote does not make a voter count twice", async () => {
    const chain = await manualChain({ faults: faults.repeatedVote() });
    growTo(chain, 2);
    verify(chain); // three of four votes are enough
    const withoutMiddle: Faults = {
      justification: (genuine) => ({ ...genuine, precommits: [0, 2, 3].map((i) => genuine.precommits[i]!) }),
    };
    chain.setFault("one less", withoutMiddle); // votes of the first and third voters only
    expect(() => verify(chain)).toThrow("finality/below-threshold");
  });

  it("missingVotes makes a verifier refuse only if two votes are missing", async () => {
    const chain = await manualChain({ faults: faults.missingVotes(1) });
    growTo(chain, 2);
    verify(chain);
    chain.setFault("one more", faults.missingVotes(1));
    expect(() => verify(chain)).toThrow("finality/below-threshold");
    chain.clearFaults();
    verify(chain);
  });
});

it.each<[string, Faults]>([
  ["forgedProof", faults.forgedProof()],
  ["incompleteProof", faults.incompleteProof()],
])("%s makes the served read proofs invalid", async (name, fault) => {
  const { rpc, chain } = await serve();
  chain.setFault(name, fault);
  const key = grandpaAuthoritiesKey(crypto);
  const { proof } = await rpc.call<{ proof: string[] }>("state_getReadProof", [
    `0x${Buffer.from(key).toString("hex")}`,
  ]);
  const nodes = proof.map((node) => Uint8Array.from(Buffer.from(node.slice(2), "hex")));
  expect(() => openStateProof(crypto.blake2b256, chain.genesis.header.stateRoot, nodes).read(key)).toThrow(
    "trie/",
  );
});

describe("dev_setFault", () => {
  it("hides blocks", async () => {
    const { rpc } = await serve({ mode: { kind: "manual" } });
    await rpc.call("dev_newBlock", 3);
    await rpc.call("dev_setFault", "withheldBlock", 2);
    expect(await rpc.call("chain_getBlockHash", [1, 2])).toEqual([expect.stringMatching(/^0x/), null]);
    await rpc.call("dev_setFault", "staleNode", 1);
    expect(await rpc.call("chain_getHeader")).toMatchObject({ number: "0x1" });
    expect(await rpc.call("dev_status")).toMatchObject({ best: 3 });
    await rpc.call("dev_setFault", "staleNode", false);
    expect(await rpc.call("chain_getHeader")).toMatchObject({ number: "0x3" });
    await rpc.call("dev_clearFaults");
    expect(await rpc.call("chain_getBlockHash", 2)).toMatch(/^0x/);
  });

  it("makes answers huge", async () => {
    const { rpc } = await serve();
    await rpc.call("dev_setFault", "hugeResponse", "system_name", 100_000);
    expect(await rpc.call("system_name")).toHaveLength(200_002);
    expect(await rpc.call("system_chain")).toBe("Development");
  });

  it("refuses some requests, but never `dev_*` requests", async () => {
    const { rpc } = await serve();
    await rpc.call("dev_setFault", "rateLimited", 3);
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push((await rpc.ask("system_chain")).error?.code);
    expect(codes).toEqual([undefined, undefined, -32029, undefined, undefined, -32029]);
    await rpc.call("dev_setFault", "rateLimited", 1);
    await rpc.call("dev_status");
  });

  it("delays one method, over both transports", async () => {
    const { rpc, url } = await serve();
    await rpc.call("dev_setFault", "slow", "system_chain", 300);
    const other = await connect(url);
    const order: string[] = [];
    const slow = other.call("system_chain").then(() => order.push("slow"));
    const overHttp = fetch(url.replace("ws", "http"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "system_chain", params: [] }),
    }).then(() => order.push("slow"));
    await rpc.call("system_name");
    order.push("quick");
    await Promise.all([slow, overHttp]);
    expect(order).toEqual(["quick", "slow", "slow"]);
    other.close();
  });

  it.each([[["nonsense"]], [["missingVotes"]], [["missingVotes", "two"]], [["toString"]], [[3]]])(
    "refuses %j",
    async (params) => {
      const { rpc } = await serve();
      expect(await rpc.ask("dev_setFault", ...params)).toMatchObject({ error: { code: -32602 } });
    },
  );
});
