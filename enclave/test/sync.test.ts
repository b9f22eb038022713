import { toBase64, toHex } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import {
  blocksInput,
  bodyInput,
  headersInput,
  initialized,
  metadata,
  milliseconds,
  TinyChain,
  transfer,
} from "./support/chain.ts";
import { type Called, held, start } from "./support/enclave.ts";

const chain = new TinyChain();
for (let i = 1; i < 5; i++)
  chain.grow({ extrinsics: [transfer(i)], events: Uint8Array.of(0), now: milliseconds(BigInt(1000 * i)) });
const byBodies = () => initialized(start(), chain);
const byEvents = () => initialized(start(), chain, metadata);
const base64 = (bytes: Uint8Array) => toBase64(bytes);

/** Expects a refusal with a message of 2020: exactly this body, and the code in a header. */
function inWords(called: Called, message: string): void {
  expect(called).toMatchObject({ status: 200, outcome: "error", payload: { message } });
  expect(called.text.startsWith(`{"payload":"{\\"message\\":\\"${message}\\"}","signature":"`)).toBe(true);
  expect(called.text.endsWith('","status":"error"}')).toBe(true);
}

describe("sync_block", () => {
  it("returns the block that it synced to", () => {
    const started = byBodies();
    for (let i = 1; i < 5; i++)
      expect(started.call("sync_block", bodyInput(chain, i)).payload).toEqual({ synced_to: i });
    expect(started.call("sync_block", bodyInput(chain, 2)).payload).toEqual({ synced_to: 4 });
  });

  it.each([
    ["Invalid block (err)", "not a block", { data: "" }],
    ["Invalid block (err)", "a trailing byte", { data: base64(new Uint8Array([...chain.body(1).block, 0])) }],
    [
      "Invalid block (err)",
      "a forged command in a finalized block",
      bodyInput(chain, 1, { extrinsics: [transfer(1), transfer(9)] }),
    ],
    ["Missing justification", "without a justification", bodyInput(chain, 1, { justification: undefined })],
    [
      "Light validation vailed",
      "too few votes",
      bodyInput(chain, 1, { justification: chain.justification(1, 2) }),
    ],
    [
      "Light validation vailed",
      "a malformed justification",
      bodyInput(chain, 1, { justification: new Uint8Array() }),
    ],
    ["Light validation vailed", "a block before its turn", bodyInput(chain, 2)],
    [
      "Unexpected block",
      "block 0 with commands",
      bodyInput(chain, 0, { extrinsics: [transfer(9)], justification: chain.justification(1) }),
    ],
  ])("%s: %s", (message, _, input) => {
    const started = byBodies();
    const before = held(started);
    inWords(started.call("sync_block", input), message);
    expect(held(started)).toBe(before);
    expect(started.call("sync_block", bodyInput(chain, 1)).payload).toEqual({ synced_to: 1 });
  });

  it.each([
    ["sync_block", { data: "" }, "Invalid block (err)"],
    ["sync_header", { headers_b64: [""] }, "Invalid block"],
    ["dispatch_block", { blocks_b64: [""] }, "Invalid block"],
  ] as const)("%s: a worker without a chain refuses it with the same message: %j", (action, input, message) =>
    inWords(start().call(action, input), message),
  );

  it.each([
    ["json/missing-key", {}],
    ["json/wrong-type", { data: 7 }],
    ["json/wrong-type", { data: "!" }],
  ])("%s: refuses with a code an input on which 2020 panicked", (code, input) =>
    expect(byBodies().call("sync_block", input)).toMatchObject({ status: 400, code }),
  );

  it("runtime/wrong-source: is refused by workers that follow events", () =>
    expect(byEvents().call("sync_block", bodyInput(chain, 1))).toMatchObject({
      status: 409,
      code: "runtime/wrong-source",
    }));
});

describe("sync_header and dispatch_block", () => {
  it("return the latest block, and date the replies by the chain's time", () => {
    const started = byEvents();
    expect(started.call("sync_header", headersInput(chain, 1, 3)).payload).toEqual({ synced_to: 3 });
    const { payload, statement } = started.call("dispatch_block", blocksInput(chain, 1, 2));
    expect(payload).toEqual({ dispatched_to: 2 });
    expect(statement).toMatchObject({ finalizedNumber: 3, dispatchedNumber: 2, chainTimeMs: 2000n });
    expect(started.call("get_info").payload.blocknum).toBe(3);
    expect(started.call("sync_header", headersInput(chain, 1, 2)).payload).toEqual({ synced_to: 3 });
    expect(started.call("dispatch_block", blocksInput(chain, 1, 3)).payload).toEqual({ dispatched_to: 3 });
  });

  const headers = headersInput(chain, 1, 3);
  it.each([
    ["No block in the request", "no headers", { headers_b64: [] }],
    ["Failed to parse base64 block", "not base64", { headers_b64: ["!"] }],
    ["Invalid block", "not a header", { headers_b64: [""] }],
    ["Invalid block", "not a header, after a missing one", { headers_b64: [headers.headers_b64[1], ""] }],
    [
      "Missing justification",
      "the last header without one",
      { headers_b64: headers.headers_b64.slice(0, 2) },
    ],
    ["Incorrect block order", "a missing header", { headers_b64: headers.headers_b64.toSpliced(1, 1) }],
    [
      "Light validation failed",
      "a vote for another block",
      { headers_b64: [lastWith(chain.justification(2))] },
    ],
    ["cannot decode authority_set_change_b64", "not base64", { ...headers, authority_set_change_b64: "!" }],
    ["cannot decode authority_set_change", "not a change", { ...headers, authority_set_change_b64: "" }],
  ])("sync_header: %s: %s", (message, _, input) => {
    const started = byEvents();
    const before = held(started);
    inWords(started.call("sync_header", input), message);
    expect(held(started)).toBe(before);
    expect(started.call("sync_header", headers).payload).toEqual({ synced_to: 3 });
  });

  it("sync_header accepts a request without authority_set_change_b64", () =>
    expect(byEvents().call("sync_header", { headers_b64: headers.headers_b64 }).payload).toEqual({
      synced_to: 3,
    }));

  const later = blocksInput(chain, 2, 3);
  const [proof, none] = [new TinyChain(7), new TinyChain(8)];
  for (const other of [proof, none]) other.grow({ events: Uint8Array.of(4) });
  it.each([
    ["No block in the request", "no blocks", { blocks_b64: [] }],
    ["Failed to parse base64 block", "not base64", { blocks_b64: ["!"] }],
    ["Invalid block", "not a block", { blocks_b64: [""] }],
    ["Invalid block", "not a block, after a missing one", { blocks_b64: [...later.blocks_b64, ""] }],
    ["Incorrect block order", "a missing block", later],
    ["Unexpected block", "a block that is not final", blocksInput(chain, 1, 4)],
    ["Unexpected block", "a block of another chain", { blocks_b64: blocksInput(proof, 1, 1).blocks_b64 }],
    ["Missing field", "a block without a proof", { blocks_b64: [headerOnly()] }],
    ["bad storage proof", "events with one bit changed", { blocks_b64: [changedEvents()] }],
  ])("dispatch_block: %s: %s", (message, _, input) => {
    const started = byEvents();
    started.call("sync_header", headers);
    const before = held(started);
    inWords(started.call("dispatch_block", input), message);
    expect(held(started)).toBe(before);
    expect(started.call("dispatch_block", blocksInput(chain, 1, 3)).payload).toEqual({ dispatched_to: 3 });
  });

  it("dispatch_block: decode events error", () => {
    const started = initialized(start(), none, metadata);
    started.call("sync_header", headersInput(none, 1, 1));
    inWords(started.call("dispatch_block", blocksInput(none, 1, 1)), "decode events error");
  });

  it.each([
    ["sync_header", {}],
    ["sync_header", { headers_b64: "" }],
    ["sync_header", { headers_b64: [1] }],
    ["dispatch_block", { blocks_b64: {} }],
    ["dispatch_block", { blocks_b64: [null] }],
  ] as const)("%s: refuses with a code an input on which 2020 panicked: %j", (action, input) =>
    expect(byEvents().call(action, input)).toMatchObject({ status: 400, outcome: "error" }),
  );
});

function lastWith(justification: Uint8Array): string {
  const { encoded } = chain.at(1);
  return base64(new Uint8Array([...encoded, 1, ...lengthPrefixed(justification)]));
}

function lengthPrefixed(bytes: Uint8Array): number[] {
  return [((bytes.length & 0x3f) << 2) | 1, bytes.length >> 6, ...bytes];
}

function headerOnly(): string {
  return base64(new Uint8Array([...chain.at(1).encoded, 1, 4, 0, 0, 0]));
}

function changedEvents(): string {
  const bytes = chain.dispatch(1, 1).blocks[0]!.slice();
  const at = chain.at(1).encoded.length + 2;
  bytes[at] = (bytes[at] as number) ^ 4;
  return base64(bytes);
}

describe("what one call cannot carry", () => {
  const headersOf = (from: number, to: number) =>
    chain.blocks.slice(from, to + 1).map(({ encoded }) => base64(encoded));
  const tip = (started: ReturnType<typeof byEvents>) => started.call("get_status").payload.staged;

  it("crosses ahead of its proof, and get_status names the last header until the proof arrives", () => {
    const started = byEvents();
    expect(tip(started)).toBeNull();
    expect(started.call("stage_header", { headers_b64: headersOf(1, 3) }).payload).toEqual({ staged_to: 3 });
    expect(tip(started)).toEqual({ number: 3, hash: toHex(chain.at(3).hash) });
    expect(started.call("sync_header", headersInput(chain, 4, 4)).payload).toEqual({ synced_to: 4 });
    expect(tip(started)).toBeNull();
    expect(started.call("dispatch_block", blocksInput(chain, 1, 4)).payload).toEqual({ dispatched_to: 4 });
  });

  it("crosses in pieces", () => {
    const started = byEvents();
    started.call("sync_header", headersInput(chain, 1, 1));
    const [block] = chain.dispatch(1, 1).blocks as [Uint8Array];
    const half = block.length >> 1;
    const piece = (offset: number, bytes: Uint8Array) =>
      started.call("stage_piece", { part: "block", offset, total: block.length, piece_b64: base64(bytes) });
    expect(piece(0, block.subarray(0, half)).payload).toEqual({ staged: half });
    expect(started.call("dispatch_block", { blocks_b64: [], staged: ["block"] })).toMatchObject({
      status: 400,
      code: "dispatch/missing-pieces",
    });
    expect(piece(0, block.subarray(0, half)).payload).toEqual({ staged: half });
    expect(piece(half, block.subarray(half)).payload).toEqual({ staged: block.length });
    expect(started.call("dispatch_block", { blocks_b64: [], staged: ["block"] }).payload).toEqual({
      dispatched_to: 1,
    });
  });

  it.each([
    ["headers/gap", 400, "stage_header", { headers_b64: headersOf(2, 3) }],
    ["json/unknown-variant", 400, "stage_piece", { part: "header", offset: 0, total: 1, piece_b64: "AA==" }],
    ["json/unknown-variant", 400, "dispatch_block", { blocks_b64: [], staged: ["header"] }],
    ["dispatch/wrong-piece", 400, "stage_piece", { part: "body", offset: 1, total: 2, piece_b64: "AA==" }],
    [
      "dispatch/part-too-large",
      400,
      "stage_piece",
      { part: "body", offset: 0, total: 2 ** 32 - 1, piece_b64: "" },
    ],
  ] as const)("%s: is refused with %i", (code, status, action, input) =>
    expect(byEvents().call(action, input)).toMatchObject({ status, code }),
  );
});
