/**
 * Tests that the enclave itself binds evidence to its keys, its chain and the caller's nonce, and that the
 * host cannot influence the binding.
 */
import {
  type BindingPurpose,
  developmentRoots,
  type Evidence,
  endorseEvidence,
  readEndorsedEvidence,
  readEvidence,
  reportData,
  verifyBinding,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { fromHex, toHex } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { QuoteError } from "../src/producers/error.ts";
import type { EvidenceProducer } from "../src/producers/producer.ts";
import { initInput, initialized, metadata, TinyChain } from "./support/chain.ts";
import { held, measurement, type Started, start } from "./support/enclave.ts";
import { snpReport, tdxQuote } from "./support/fake-quotes.ts";

const chain = new TinyChain();
chain.grow();
const nonce = "5a".repeat(32);

const asked: Uint8Array[] = [];
beforeEach(() => void asked.splice(0));

/** Imitates hardware, and records the report data of each request. */
function hardware(
  quote: (data: Uint8Array) => Evidence = (data) => ({ kind: "tdx", quote: tdxQuote(data) }),
): EvidenceProducer {
  return {
    provider: "configfs-tsm",
    quote: (data) => {
      asked.push(data);
      return quote(data);
    },
  };
}

/** Returns the binding that a client expects, computed from the keys and the chain in the reply. */
function expected(
  { enclave }: Started,
  purpose: BindingPurpose,
  nonceHex: string,
  operatorHex?: string,
): string {
  const { identity, runtime } = enclave;
  const { anchor, client } = runtime.status()!.chain;
  const { publicKey } = identity.signer;
  const { genesisHash } = client;
  const ecdhPublicKey = identity.keyPair.publicKey;
  return toHex(
    reportData(portableCrypto, {
      purpose,
      publicKey,
      ecdhPublicKey,
      genesisHash,
      anchor,
      nonce: fromHex(nonceHex),
      operator: operatorHex === undefined ? undefined : fromHex(operatorHex),
    }),
  );
}

const operator = "0a".repeat(32);

describe("get_evidence", () => {
  it("binds purpose, both keys, genesis, anchor and nonce, and returns them in the reply", () => {
    const started = initialized(start({ producer: hardware() }), chain, metadata);
    const { payload, status, statement } = started.call("get_evidence", { nonce });
    const { identity } = started.enclave;
    expect(status).toBe(200);
    expect(asked.map(toHex)).toEqual([expected(started, "worker", nonce)]);
    expect(payload).toMatchObject({
      anchor: toHex(statement!.anchor),
      genesis_hash: toHex(statement!.genesisHash),
      public_key: toHex(identity.signer.publicKey),
      ecdh_public_key: toHex(identity.keyPair.publicKey),
      nonce,
      provider: "configfs-tsm",
    });
    expect(readEvidence(payload.evidence, "")).toEqual({ kind: "tdx", quote: tdxQuote(asked[0]!) });
  });

  it("of a simulated worker verifies as simulated and as bound to the worker", () => {
    const started = initialized(start(), chain);
    const { payload } = started.call("get_evidence", { nonce });
    const roots = developmentRoots(portableCrypto);
    const authentic = verifyEvidence(
      portableCrypto,
      roots,
      readEndorsedEvidence(endorseEvidence(payload.evidence, {}), ""),
      0,
    );
    expect(authentic).toMatchObject({ kind: "simulated", measurements: { measurement: toHex(measurement) } });
    const { identity, runtime } = started.enclave;
    const { anchor, client } = runtime.status()!.chain;
    const keys = { publicKey: identity.signer.publicKey, ecdhPublicKey: identity.keyPair.publicKey };
    const binding = {
      purpose: "worker",
      ...keys,
      genesisHash: client.genesisHash,
      anchor,
      nonce: fromHex(nonce),
    } as const;
    verifyBinding(portableCrypto, binding, authentic);
    expect(() => verifyBinding(portableCrypto, { ...binding, nonce: anchor }, authentic)).toThrow(
      "binding/wrong-report-data",
    );
  });

  it("differs for another nonce, purpose, chain or worker", () => {
    const ask = (started: Started, input: object) => started.call("get_evidence", { nonce, ...input });
    const started = initialized(start({ producer: hardware() }), chain, metadata);
    ask(started, {});
    ask(started, { nonce: `${"5a".repeat(31)}5b` });
    started.call("set_operator", { operator });
    started.call("registration_evidence", { nonce });
    ask(initialized(start({ producer: hardware() }), chain), {});
    ask(initialized(start({ producer: hardware() }), new TinyChain(1), metadata), {});
    expect(toHex(asked[2]!)).toBe(expected(started, "registration", nonce, operator));
    expect(new Set(asked.map(toHex)).size).toBe(5);
  });

  it("is for clients only, whatever purpose the caller names", () => {
    const started = initialized(start({ producer: hardware() }), chain, metadata);
    for (const purpose of ["registration", "handover-source"])
      started.call("get_evidence", { nonce, purpose });
    const own = expected(started, "worker", nonce);
    expect(asked.map(toHex)).toEqual([own, own]);
  });

  it("binds and shows the operator that the operator's address has named, also after a restart", () => {
    const started = initialized(start({ producer: hardware() }), chain, metadata);
    expect(started.call("get_evidence", { nonce }).payload).toMatchObject({ operator: null });
    expect(started.call("registration_evidence", { nonce }).code).toBe("enclave/no-operator");
    expect(started.call("set_operator", { operator }).payload).toEqual({ operator });
    for (const worker of [started, start({ producer: hardware(), store: started.store })]) {
      expect(worker.call("get_evidence", { nonce }).payload).toMatchObject({ operator });
      expect(toHex(asked.at(-1)!)).toBe(expected(worker, "worker", nonce, operator));
      expect(worker.call("registration_evidence", { nonce }).payload).toMatchObject({ operator });
      expect(toHex(asked.at(-1)!)).toBe(expected(worker, "registration", nonce, operator));
    }
  });

  it("changes nothing, and can be repeated", () => {
    const started = initialized(start({ producer: hardware() }), chain);
    const before = [held(started), started.store.size];
    const first = started.call("get_evidence", { nonce });
    expect(started.call("get_evidence", { nonce }).payload).toEqual(first.payload);
    expect([held(started), started.store.size]).toEqual(before);
  });

  it("runtime/not-initialized: is refused before init, without asking the hardware", () => {
    const started = start({ producer: hardware() });
    expect(started.call("get_evidence", { nonce })).toMatchObject({
      status: 409,
      code: "runtime/not-initialized",
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ["json/missing-key", {}],
    ["json/wrong-type", { nonce: 7 }],
    ["json/out-of-range", { nonce: "" }],
    ["json/out-of-range", { nonce: "5a".repeat(31) }],
    ["json/out-of-range", { nonce: "5a".repeat(33) }],
    ["json/wrong-type", { nonce: "zz".repeat(32) }],
  ])("%s: %j, without asking the hardware", (code, input) => {
    const started = initialized(start({ producer: hardware() }), chain);
    expect(started.call("get_evidence", input)).toMatchObject({ status: 400, code });
    expect(asked).toEqual([]);
  });

  it("returns the code if the hardware fails, and keeps working", () => {
    let fails = true;
    const busy = () => {
      if (fails) throw new QuoteError({ code: "quote/busy", provider: "configfs-tsm", attempts: 6 });
      return { kind: "snp", report: snpReport(asked[0]!) } as const;
    };
    const started = initialized(start({ producer: hardware(busy) }), chain);
    expect(started.call("get_evidence", { nonce })).toMatchObject({ status: 503, code: "quote/busy" });
    fails = false;
    expect(started.call("get_evidence", { nonce })).toMatchObject({ status: 200 });
  });

  it("enclave/bug: stops the worker if the hardware throws an error without a code", () => {
    const broken = () => {
      throw new TypeError("what is this");
    };
    const started = initialized(start({ producer: hardware(broken) }), chain);
    expect(started.call("get_evidence", { nonce })).toMatchObject({ status: 500, code: "enclave/bug" });
    expect(started.call("dump_states")).toMatchObject({ status: 503, code: "runtime/halted" });
  });
});

describe("init_runtime with skip_ra false", () => {
  const attested = { ...initInput(chain, metadata), skip_ra: false };

  it("returns evidence in the envelope of 2020, bound to the given chain", () => {
    const started = start({ producer: hardware() });
    const { payload, outcome } = started.call("init_runtime", attested);
    expect(outcome).toBe("ok");
    expect(asked.map(toHex)).toEqual([expected(started, "worker", "00".repeat(32))]);
    expect(payload).toMatchObject({
      attestation: { provider: "configfs-tsm", version: 1, payload: { signature: "", signing_cert: "" } },
      public_key: toHex(started.enclave.identity.signer.publicKey),
    });
    expect(Object.keys(payload.attestation.payload)).toEqual(["report", "signature", "signing_cert"]);
    expect(readEvidence(JSON.parse(payload.attestation.payload.report), "")).toEqual({
      kind: "tdx",
      quote: tdxQuote(asked[0]!),
    });
    expect([...started.store.keys()]).toEqual(["identity", "init", "mark"]);
  });

  it("does not ask the hardware if skip_ra is true", () => {
    const started = start({ producer: hardware() });
    expect(started.call("init_runtime", initInput(chain)).payload.attestation.payload).toEqual({});
    expect(asked).toEqual([]);
  });

  it("does not ask the hardware if the chain is refused or already set", () => {
    const started = start({ producer: hardware() });
    expect(started.call("init_runtime", { ...attested, bridge_genesis_info_b64: "" })).toMatchObject({
      code: "codec/truncated",
    });
    initialized(started, chain);
    expect(started.call("init_runtime", attested)).toMatchObject({ code: "runtime/already-initialized" });
    expect(asked).toEqual([]);
  });

  it("does not initialize the worker before it has the evidence", () => {
    const started = start({
      producer: hardware((data) => {
        expect(started.enclave.runtime.status()).toBeUndefined();
        return { kind: "tdx", quote: tdxQuote(data) };
      }),
    });
    expect(started.call("init_runtime", attested).outcome).toBe("ok");
    expect(started.enclave.runtime.status()).toBeDefined();
  });
});
