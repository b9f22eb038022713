import { describe, expect, it } from "vitest";
import {
  developmentRoots,
  hardwareRoots,
  makeSimulated,
  simulationRoot,
  verifyEvidence,
  verifySimulated,
} from "../../src/attestation/index.ts";
import { concat, toHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { codeOf } from "../support/code.ts";

const measurement = new Uint8Array(32).fill(0x5d);
const reportData = Uint8Array.from({ length: 64 }, (_, i) => i);
const root = simulationRoot(crypto);
const evidence = makeSimulated(crypto, measurement, reportData);

describe("makeSimulated", () => {
  it("puts measurement and report data into the document, and nothing else", () =>
    expect(evidence.document).toEqual(concat(measurement, reportData)));

  it.each([31, 33])("requires a measurement of 32 bytes, not %d", (length) =>
    expect(codeOf(() => makeSimulated(crypto, new Uint8Array(length), reportData))).toBe(
      "codec/out-of-range",
    ),
  );

  it.each([63, 65])("requires report data of 64 bytes, not %d", (length) =>
    expect(codeOf(() => makeSimulated(crypto, measurement, new Uint8Array(length)))).toBe(
      "codec/out-of-range",
    ),
  );
});

describe("verifySimulated", () => {
  it("returns the simulated facts", () =>
    expect(verifySimulated(crypto, root, evidence)).toEqual({
      kind: "simulated",
      tcbStatus: "Unversioned",
      advisories: [],
      measurements: { measurement: toHex(measurement) },
      reportData,
      debug: false,
      validUntilMs: Number.POSITIVE_INFINITY,
    }));

  it("refuses a flipped bit in every byte of the document and of the signature", () => {
    for (const part of ["document", "signature"] as const)
      for (let bit = 0; bit < 8 * evidence[part].length; bit += 7) {
        const changed = evidence[part].slice();
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(codeOf(() => verifySimulated(crypto, root, { ...evidence, [part]: changed }))).toBe(
          "simulated/bad-signature",
        );
      }
  });

  it("refuses another root", () => {
    const other = crypto.secp256k1.signer(new Uint8Array(32).fill(7))?.publicKey as Uint8Array;
    expect(codeOf(() => verifySimulated(crypto, other, evidence))).toBe("simulated/bad-signature");
  });

  it("refuses a signature over the bare document: the key may sign other things", () => {
    const signer = crypto.secp256k1.signer(utf8("pruntime-simulation-root-secret!"));
    const signature = signer?.sign(crypto.sha256(evidence.document)) as Uint8Array;
    expect(signer?.publicKey).toEqual(root);
    expect(codeOf(() => verifySimulated(crypto, root, { ...evidence, signature }))).toBe(
      "simulated/bad-signature",
    );
  });

  it.each([
    ["a byte short", evidence.document.slice(0, -1), "codec/truncated"],
    ["a byte long", concat(evidence.document, Uint8Array.of(0)), "codec/trailing"],
    ["empty", new Uint8Array(), "codec/truncated"],
  ])("refuses a document that is %s", (_, document, code) =>
    expect(codeOf(() => verifySimulated(crypto, root, { ...evidence, document }))).toBe(code),
  );
});

describe("verifyEvidence of simulated evidence", () => {
  it("accepts it if the simulation root is trusted", () =>
    expect(verifyEvidence(crypto, developmentRoots(crypto), evidence, 0).kind).toBe("simulated"));

  it("simulation backend in production: refuses it under the hardware roots", () =>
    expect(codeOf(() => verifyEvidence(crypto, hardwareRoots, evidence, 0))).toBe(
      "evidence/kind-not-trusted",
    ));
});
