import { fromBase64, toHex } from "@pruntime/core/bytes";
import { decodeReceivedHeader } from "@pruntime/core/chain";
import { createParaPair, serveDevchain } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { SubstrateNode } from "../../src/node/node.ts";
import { connectNode } from "../../src/node/rpc.ts";
import { BatchSize } from "../../src/session/batch-size.ts";
import type { OpenSession } from "../../src/session/context.ts";
import { sendParachainHead } from "../../src/session/parachain.ts";
import { closeLater, crypto } from "../support/scene.ts";

describe("a parachain's head that is far ahead", () => {
  it("is proven last, after the headers that lead to it", async () => {
    const manual = { mode: { kind: "manual" } } as const;
    const pair = await createParaPair({ relay: manual, para: manual });
    closeLater(() => pair.close());
    pair.produce(11);
    const [relayNode, paraNode] = [await serveDevchain(pair.relay), await serveDevchain(pair.para)];
    const nodes = await Promise.all(
      [relayNode, paraNode].map(async (served) => {
        const connection = await connectNode(served.url);
        closeLater(() => served.close());
        closeLater(() => connection.close());
        return new SubstrateNode(connection, crypto);
      }),
    );
    const [node, of] = nodes as [SubstrateNode, SubstrateNode];
    const calls: string[] = [];
    const call = async ({ name }: { readonly name: string }, { headers_b64 }: { headers_b64: string[] }) => {
      const numbers = headers_b64.map((text) => decodeReceivedHeader(fromBase64(text)).header.number);
      calls.push(`${name} ${numbers[0]}..${numbers.at(-1)}`);
      return { synced_to: numbers.at(-1) };
    };
    const options = { headersPerCall: new BatchSize(4) };
    const session = { node, worker: { call }, crypto, progress: { note: () => undefined }, options };
    const { hash, header } = pair.relay.finalized();
    const relay = { hash: toHex(hash), number: header.number };
    const para = { id: pair.paraId, node: of };
    expect(await sendParachainHead(session as unknown as OpenSession, para, relay, 0)).toBe(true);
    expect(calls).toEqual(["stage_header 1..4", "stage_header 5..8", "sync_para 9..11"]);
    expect(await sendParachainHead(session as unknown as OpenSession, para, relay, 11)).toBe(false);
  });
});
