import { actions } from "@pruntime/api";
import { utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { complete } from "@pruntime/core/work";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { beginCall } from "../src/call.ts";
import { initialized, TinyChain } from "./support/chain.ts";
import { held, start } from "./support/enclave.ts";
import { question } from "./support/follow-devchain.ts";

const chain = new TinyChain();

describe("the request body", () => {
  it.each([
    ["json/bad-syntax", ""],
    ["json/bad-syntax", "{"],
    ["json/trailing", '{"input":{},"nonce":{}}x'],
    ["json/wrong-type", "[]"],
    ["json/wrong-type", "null"],
    ["json/missing-key", '{"nonce":{}}'],
    ["json/missing-key", '{"input":{}}'],
    ["json/wrong-type", '{"input":{},"nonce":7}'],
    ["json/wrong-type", '{"input":{},"nonce":null}'],
    ["json/wrong-type", '{"input":null,"nonce":{}}'],
    ["json/wrong-type", '{"input":[],"nonce":{}}'],
    ["json/wrong-type", '{"input":"{}","nonce":{}}'],
    ["json/duplicate-key", '{"input":{},"input":{},"nonce":{}}'],
    ["json/too-deep", `{"input":{"a":${"[".repeat(100)}${"]".repeat(100)}},"nonce":{}}`],
    ["bytes/bad-utf8", Uint8Array.of(0xff)],
  ])("%s: %j", (code, body) =>
    expect(start().send("get_info", body)).toMatchObject({ status: 400, code, outcome: "error" }),
  );

  it("may contain keys that the interface does not define, as in 2020", () =>
    expect(
      start().send("get_info", '{"input":{"more":1},"nonce":{"value":7,"id":[]},"other":null}').outcome,
    ).toBe("ok"));
});

it("a query reaches the runtime with the number of other networks that wait, as the host states it", () => {
  const { enclave } = initialized(start(), chain);
  const accept = vi.spyOn(enclave.runtime, "accept");
  const body = utf8(JSON.stringify({ input: question, nonce: {} }));
  complete(beginCall(enclave, { id: 1, action: "query", waiting: 7, body }));
  expect(accept).toHaveBeenCalledWith(expect.objectContaining({ kind: "query", waiting: 7 }));
});

describe("an action", () => {
  it("enclave/unknown-action: Unknown action", () => {
    for (const action of ["", "reboot", "__proto__", "constructor", "toString", "GET_INFO"])
      expect(start().send(action, '{"input":{},"nonce":{}}')).toMatchObject({
        status: 404,
        code: "enclave/unknown-action",
        message: "Unknown action",
        payload: { message: "Unknown action" },
      });
  });

  it.each(actions.map(({ name }) => name))("answers any input, or refuses it with a code: %s", (action) => {
    const started = initialized(start({ devTest: true }), chain);
    const keys = fc.constantFrom(
      "data",
      "path",
      "nonce",
      "headers_b64",
      "blocks_b64",
      "query_payload",
      "origin",
      "skip_ra",
      "test_ecdh",
      "bridge_genesis_info_b64",
    );
    const values = fc.oneof(
      fc.jsonValue(),
      fc.base64String(),
      fc.array(fc.base64String()),
      fc.constant("{}"),
      fc.stringMatching(/^([0-9a-f]{2})*$/),
    );
    fc.assert(
      fc.property(fc.dictionary(keys, values), (input) => {
        const { status, code, logs } = started.send(action, JSON.stringify({ input, nonce: {} }));
        expect(status).toBeLessThan(500);
        expect([code, logs]).not.toEqual(["enclave/bug", []]);
      }),
      { numRuns: 25 },
    );
  });

  it("refuses arbitrary bytes with a code", () => {
    const started = start();
    fc.assert(
      fc.property(fc.constantFrom(...actions), fc.uint8Array({ maxLength: 200 }), ({ name }, body) => {
        expect(started.send(name, body)).toMatchObject({ status: 400, outcome: "error" });
      }),
      { numRuns: 50 },
    );
  });
});

describe("a bug", () => {
  const breaking = () => {
    let broken = false;
    const crypto = {
      ...portableCrypto,
      blake2b256: (data: Uint8Array) => {
        if (broken) throw new RangeError("a secret that must not leak");
        return portableCrypto.blake2b256(data);
      },
    };
    const started = initialized(start({ crypto }), chain);
    const setBroken = (now: boolean): void => {
      broken = now;
    };
    return { started, setBroken };
  };

  it("enclave/bug: has a code, is logged without the error's message, and stops the worker", () => {
    const { started, setBroken } = breaking();
    const later = new TinyChain();
    later.grow();
    setBroken(true);
    const { status, code, logs, text, statement } = started.call("sync_block", {
      data: Buffer.from(later.body(1).block).toString("base64"),
    });
    expect([status, code, statement]).toEqual([500, "enclave/bug", undefined]);
    expect(logs).toMatchObject([{ kind: "log", level: "error", code: "enclave/bug" }]);
    const facts = Object.fromEntries(logs[0]!.facts);
    expect(facts).toMatchObject({
      error: "RangeError",
      "at 0": expect.stringContaining("call.test.ts") as string,
    });
    expect(JSON.stringify(facts)).toContain("verify");
    expect(JSON.stringify(logs) + text).not.toContain("secret");
    setBroken(false);
    expect(started.call("query", { query_payload: "{}", origin: null })).toMatchObject({
      status: 503,
      code: "runtime/halted",
    });
    expect(started.call("sync_block", { data: "" }).outcome).toBe("error");
    expect(held(started)).toBe("runtime/halted");
  });

  it("enclave/bug: an action's own bug stops the worker too", () => {
    const started = initialized(start(), chain);
    Object.defineProperty(started.enclave.sealer, "seal", {
      value: () => {
        throw new TypeError("no");
      },
    });
    expect(started.call("dump_states")).toMatchObject({ status: 500, code: "enclave/bug" });
    expect(held(started)).toBe("runtime/halted");
  });
});
