import { dispatchBlock, stagePiece } from "@pruntime/api";
import { concat, fromBase64, utf8 } from "@pruntime/core/bytes";
import { encodeBody } from "@pruntime/core/extrinsics";
import type { Runtime } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import {
  alice,
  blockParts,
  blocksEvent,
  followed,
  headers,
} from "../../../../trusted/runtime/test/support/devchain.ts";
import { take } from "../../../../trusted/runtime/test/support/worker.ts";
import { remarkWithEvent, signed } from "../../../devchain/test/support/extrinsic.ts";
import { RelayError } from "../../src/error.ts";
import { callDispatch, pieceBytes } from "../../src/session/pieces.ts";
import type { RemoteWorker } from "../../src/worker.ts";

type Call = readonly [action: string, input: Record<string, unknown>];

/** A worker that refuses the first dispatches with these codes, and accepts all other calls. */
function recording(refusals: readonly string[] = []): {
  readonly calls: Call[];
  readonly worker: RemoteWorker;
} {
  const calls: Call[] = [];
  const left = [...refusals];
  const call = async ({ name }: { readonly name: string }, input: Record<string, unknown>) => {
    calls.push([name, input]);
    const reason = name === "dispatch_block" ? left.shift() : undefined;
    if (reason !== undefined) throw new RelayError({ code: "relay/worker-refused", action: name, reason });
    return { dispatched_to: 1 };
  };
  return { calls, worker: { call } as unknown as RemoteWorker };
}

const short = Uint8Array.of(1, 2, 3);
const long = new Uint8Array(2 * pieceBytes + 5).map((_, i) => i);
const other = new Uint8Array(pieceBytes + 1);

describe("callDispatch", () => {
  it("sends everything in one call if it fits", async () => {
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
    expect(calls.at(-1)).toEqual([
      "dispatch_block",
      { blocks_b64: [], bodies_b64: ["AQID"], staged: ["block"] },
    ]);
  });

  it("does not send a part again if the worker has it", async () => {
    const { calls, worker } = recording();
    await callDispatch(worker, [long], [other], [long]);
    expect(calls.slice(0, -1).map(([, input]) => input["part"])).toEqual(["body", "body"]);
    expect(calls.at(-1)?.[1]).toEqual({ blocks_b64: [], bodies_b64: [], staged: ["block", "body"] });
  });

  it("sends all parts again if the worker has lost a part", async () => {
    const { calls, worker } = recording(["dispatch/missing-pieces"]);
    await callDispatch(worker, [long], [other], [long]);
    const parts = ["block", "block", "block", "body", "body"];
    expect(calls.map(([, { part }]) => part)).toEqual(["body", "body", undefined, ...parts, undefined]);
    expect(calls.at(-1)?.[1]["staged"]).toEqual(["block", "body"]);
  });

  it("throws any other refusal, and a second refusal for missing pieces", async () => {
    const refusals = ["dispatch/wrong-header"];
    await expect(callDispatch(recording(refusals).worker, [long], [], [long])).rejects.toThrow();
    const lost = ["dispatch/missing-pieces", "dispatch/missing-pieces"];
    await expect(callDispatch(recording(lost).worker, [long], [], [long])).rejects.toThrow();
    await expect(callDispatch(recording(lost.slice(1)).worker, [long], [])).rejects.toThrow();
  });
});

describe("a relay that replaces a relay that ended between two pieces", () => {
  /** A real runtime with one final block, whose long body contains a command in a remark. */
  async function scene() {
    const { chain, runtime } = await followed();
    const remark = concat(utf8("pruntime/command/1:"), Uint8Array.of(2, 0, 0, 0), utf8('{"Plain":"1"}'));
    chain.submit(signed(chain, alice, remarkWithEvent(remark)));
    chain.submit(signed(chain, alice, remarkWithEvent(new Uint8Array(20_000)), { nonce: 1 }));
    const { body: extrinsics } = chain.produceBlock();
    take(runtime, headers(chain, 1, 1));
    const [block] = blocksEvent([{ ...blockParts(chain, 1), events: undefined }]).blocks as [Uint8Array];
    return { worker: workerOf(runtime), block, body: encodeBody({ number: 1, extrinsics }) };
  }

  it.each(["block", "body"] as const)("is not stopped by an incomplete %s", async (part) => {
    const { worker, block, body } = await scene();
    // The block is longer than a piece of 200 bytes, too.
    const longest = part === "body" ? 200 : block.length;
    await worker.call(stagePiece, { part, offset: 0, total: body.length, piece_b64: "AQID" });
    expect((await callDispatch(worker, [block], [], [], longest)).bodies_wanted).toEqual([1]);
    expect((await callDispatch(worker, [block], [body], [block], longest)).dispatched_to).toBe(1);
  });
});

/** A worker that passes the calls of {@link callDispatch} to this runtime. */
function workerOf(runtime: Runtime): RemoteWorker {
  const call = async ({ name }: { readonly name: string }, input: Record<string, unknown>) => {
    if (name === "stage_piece") {
      const { piece_b64, ...piece } = stagePiece.input(input as never, "");
      const bytes = typeof piece_b64 === "string" ? fromBase64(piece_b64) : piece_b64;
      return take(runtime, { kind: "stage-piece", ...piece, bytes });
    }
    const { blocks_b64, bodies_b64 = [], staged = [] } = dispatchBlock.input(input as never, "");
    const [blocks, bodies] = [blocks_b64.map(fromBase64), bodies_b64.map(fromBase64)];
    const { dispatchedTo, bodiesWanted } = take(runtime, { kind: "blocks", blocks, bodies, staged });
    return { dispatched_to: dispatchedTo, bodies_wanted: bodiesWanted };
  };
  return { call } as unknown as RemoteWorker;
}
