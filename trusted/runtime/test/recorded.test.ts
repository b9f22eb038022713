import { encodeHeaderToSync, encodeSignedBlock } from "@pruntime/core/bridge-2020";
import { toHex } from "@pruntime/core/bytes";
import { Writer } from "@pruntime/core/scale";
import { createDevchain } from "@pruntime/devchain";
import type { Meaning } from "@pruntime/runtime";
import { afterAll, describe, expect } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { unsigned2020 } from "./support/tiny-chain.ts";
import { newRuntime, refusal, take } from "./support/worker.ts";

/**
 * The block's only extrinsic. The extrinsic was not recorded, so this is a reconstruction: its time is the
 * header's slot number, 263,543,312, times the 6 seconds of a slot. The header's `extrinsics_root` confirms
 * the extrinsic.
 */
const timestamp = unsigned2020(new Writer().u8(1).u8(0).compact(1_581_259_872_000n).finish());
const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const genesisHash = "fd83548ae2dec531610b04bdb26419cead44820442d035a4806b826f268a2924";

describe("the recorded chain of December 2019", () => {
  const bridge = recorded
    .extend(
      "file",
      ({ files }) =>
        (name: string) =>
          files.base64(`phala/2020-bridge/${name}.b64`),
    )
    .extend("header", ({ file }) => file("block1-header"))
    .extend("justification", ({ file }) => file("block1-justification"));
  const it = bridge
    .extend("init", ({ file }) => (name: "a" | "b", meaning: Meaning = { kind: "bodies" }) => {
      const start = { kind: "genesis", info: file(`genesis-info-${name}`) } as const;
      return {
        kind: "init",
        start,
        meaning,
        genesisBalance: { kind: "development" },
        channelV1: true,
      } as const;
    })
    .extend("blockOne", ({ header, justification }) => (extrinsics: readonly Uint8Array[]) => {
      const block = encodeSignedBlock({ encodedHeader: header, extrinsics, justification });
      return { kind: "body", block } as const;
    });

  it("initializes a worker from either genesis info: the order of proof nodes does not matter", ({
    init,
  }) => {
    const [a, b] = [take(newRuntime(), init("a")), take(newRuntime(), init("b"))];
    expect(toHex(a.genesisHash)).toBe(genesisHash);
    expect(b).toEqual(a);
  });

  it("refuses block 1 with another body, and still needs block 1", ({ init, blockOne }) => {
    const runtime = newRuntime();
    take(runtime, init("a"));
    expect(refusal(runtime, blockOne([]))).toBe("dispatch/extrinsics-mismatch");
    expect(runtime.status()!.chain.dispatched.number).toBe(0);
  });

  it("has a block 1 that is accepted with the one inherent that its header commits to", ({
    init,
    blockOne,
  }) => {
    const runtime = newRuntime();
    take(runtime, init("b"));
    expect(take(runtime, blockOne([timestamp]))).toEqual({ syncedTo: 1 });
    expect(runtime.status()!.chain.dispatched).toMatchObject({ number: 1, timeMs: 1_581_259_872_000n });
    expect(toHex(runtime.status()!.chain.dispatched.hash)).toBe(
      "dec3884f71eab8418874b312f195aab495397e4962b0f3cbee05ab4a3dec0373",
    );
  });

  it("has a block 1 whose header is accepted", ({ init, header, justification }) => {
    const runtime = newRuntime();
    take(runtime, init("a", { kind: "told", metadata: devchain.metadata(14) }));
    const headers = [encodeHeaderToSync({ encodedHeader: header, justification })];
    expect(take(runtime, { kind: "headers", headers, authoritySetChange: undefined })).toEqual({
      syncedTo: 1,
    });
  });

  it("has a block 27 that was recorded without a justification", ({ init, file }) => {
    const runtime = newRuntime();
    take(runtime, init("b"));
    expect(refusal(runtime, { kind: "body", block: file("signed-block-2019-12-14") })).toBe(
      "dispatch/missing-justification",
    );
  });
});
