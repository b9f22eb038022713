import { encodeHeaderToSync, encodeSignedBlock } from "@pruntime/core/bridge-2020";
import { toHex } from "@pruntime/core/bytes";
import { Writer } from "@pruntime/core/scale";
import { createDevchain } from "@pruntime/devchain";
import type { Meaning } from "@pruntime/runtime";
import { afterAll, expect, it } from "vitest";
import { describeRecorded, fixtureBase64, hasFixtures } from "../../../test/support/fixtures.ts";
import { unsigned2020 } from "./support/tiny-chain.ts";
import { newRuntime, refusal, take } from "./support/worker.ts";

const genesis = (name: "a" | "b") => fixtureBase64(`phala/2020-bridge/genesis-info-${name}.b64`);
const init = (name: "a" | "b", meaning: Meaning = { kind: "bodies" }) =>
  ({ kind: "init", start: { kind: "genesis", info: genesis(name) }, meaning }) as const;
/** Not recorded: it follows from the header's slot (263543312 of 6 s) and its `extrinsics_root`. */
const timestamp = unsigned2020(new Writer().u8(1).u8(0).compact(1_581_259_872_000n).finish());
const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const genesisHash = "fd83548ae2dec531610b04bdb26419cead44820442d035a4806b826f268a2924";

describeRecorded("the chain of December 2019", () => {
  const header = hasFixtures ? fixtureBase64("phala/2020-bridge/block1-header.b64") : new Uint8Array();
  const justification = hasFixtures
    ? fixtureBase64("phala/2020-bridge/block1-justification.b64")
    : new Uint8Array();
  const later = hasFixtures
    ? fixtureBase64("phala/2020-bridge/signed-block-2019-12-14.b64")
    : new Uint8Array();
  const blockOne = (extrinsics: readonly Uint8Array[]) =>
    ({
      kind: "body",
      block: encodeSignedBlock({ encodedHeader: header, extrinsics, justification }),
    }) as const;

  it("initializes from either genesis info: the order of proof nodes is nobody's concern", () => {
    const [a, b] = [take(newRuntime(), init("a")), take(newRuntime(), init("b"))];
    expect(toHex(a.genesisHash)).toBe(genesisHash);
    expect(b).toEqual(a);
  });

  it("its block 1 is final; a body that is not its own is refused, and it is still wanted", () => {
    const runtime = newRuntime();
    take(runtime, init("a"));
    expect(refusal(runtime, blockOne([]))).toBe("dispatch/extrinsics-mismatch");
    expect(runtime.status()!.chain.dispatched.number).toBe(0);
  });

  it("its block 1 is accepted by bodies, with the one inherent its header commits to", () => {
    const runtime = newRuntime();
    take(runtime, init("b"));
    expect(take(runtime, blockOne([timestamp]))).toEqual({ syncedTo: 1 });
    expect(runtime.status()!.chain.dispatched).toMatchObject({ number: 1, timeMs: 1_581_259_872_000n });
    expect(toHex(runtime.status()!.chain.dispatched.hash)).toBe(
      "dec3884f71eab8418874b312f195aab495397e4962b0f3cbee05ab4a3dec0373",
    );
  });

  it("its block 1 is accepted as a header", () => {
    const runtime = newRuntime();
    take(runtime, init("a", { kind: "told", metadata: devchain.metadata(14) }));
    const headers = [encodeHeaderToSync({ encodedHeader: header, justification })];
    expect(take(runtime, { kind: "headers", headers, authoritySetChange: undefined })).toEqual({
      syncedTo: 1,
    });
  });

  it("its block 27 was recorded without a justification", () => {
    const runtime = newRuntime();
    take(runtime, init("b"));
    expect(refusal(runtime, { kind: "body", block: later })).toBe("dispatch/missing-justification");
  });
});
