import { fromBase64 } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { callDispatch, pieceBytes } from "../../src/session/pieces.ts";
import type { RemoteWorker } from "../../src/worker.ts";

type Call = readonly [action: string, input: Record<string, unknown>];

/** A worker that takes everything. */
function recording(): { readonly calls: Call[]; readonly worker: RemoteWorker } {
  const calls: Call[] = [];
  const call = async ({ name }: { readonly name: string }, input: Record<string, unknown>) => {
    calls.push([name, input]);
    return { dispatched_to: 1 };
  };
  return { calls, worker: { call } as unknown as RemoteWorker };
}

const short = Uint8Array.of(1, 2, 3);
const long = new Uint8Array(2 * pieceBytes + 5).map((_, i) => i);
const other = new Uint8Array(pieceBytes + 1);

describe("callDispatch", () => {
  it("sends what one call carries in that call", async () => {
    const { calls, worker } = recording();
    await callDispatch(worker, [short, short], [short]);
    expect(calls).toEqual([["dispatch_block", { blocks_b64: ["AQID", "AQID"], bodies_b64: ["AQID"] }]]);
  });

  it("sends a longer block in pieces that are in order and complete, before the call", async () => {
    const { calls, worker } = recording();
    await callDispatch(worker, [long], [short]);
    const pieces = calls.slice(0, -1).map(([, input]) => input);
    expect(pieces.map(({ part, offset, total }) => [part, offset, total])).toEqual(
      [0, pieceBytes, 2 * pieceBytes].map((offset) => ["block", offset, long.length]),
    );
    const bytes = Buffer.concat(pieces.map(({ piece_b64 }) => fromBase64(String(piece_b64))));
    expect(bytes.equals(long)).toBe(true);
    expect(calls.at(-1)).toEqual(["dispatch_block", { blocks_b64: [], bodies_b64: ["AQID"], staged: true }]);
  });

  it("does not send a part again that the worker has", async () => {
    const { calls, worker } = recording();
    await callDispatch(worker, [long], [other], [long]);
    expect(calls.slice(0, -1).map(([, input]) => input["part"])).toEqual(["body", "body"]);
    expect(calls.at(-1)?.[1]).toEqual({ blocks_b64: [], bodies_b64: [], staged: true });
  });
});
