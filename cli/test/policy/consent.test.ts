/** `pruntime policy consent`, and how `pruntime handover` asks for a consent. */
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import {
  consentHash,
  endorsedEvidenceToJson,
  evidenceHash,
  handoverCommitment,
  makeSimulated,
} from "@pruntime/core/attestation";
import { from0x, fromHex, to0x } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { rulesNumber } from "@pruntime/core/version";
import { describe, expect, it } from "vitest";
import { awaitConsent, requireNoConsent, writeRequest } from "../../src/policy/consent-file.ts";
import { answer, file, newPath, printed } from "./command.ts";

const pem = file(
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string,
);
const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);

/** A worker: what the request shows of it, all that it presents, and its side of the commitment. */
function workerOf(fill: number) {
  const evidence = makeSimulated(crypto, bytes(32, fill), bytes(64, fill));
  const shown = {
    public_key: "0".repeat(65) + fill,
    ecdh_public_key: "0".repeat(129) + fill,
    evidence: endorsedEvidenceToJson(evidence),
  };
  const side = {
    publicKey: fromHex(shown.public_key),
    ecdhPublicKey: fromHex(shown.ecdh_public_key),
    evidenceHash: evidenceHash(crypto, evidence),
  };
  return { shown, json: { ...shown, lineage: [], rules: rulesNumber }, side };
}

const [source, receiver] = [workerOf(1), workerOf(2)];
const nonces = { challenge: bytes(32, 3), nonce: bytes(32, 4) };
const genesisHash = bytes(32, 5);
const commitment = handoverCommitment(crypto, nonces, source.side, receiver.side);
const terms = { genesisHash, commitment };

/** Writes a request, and returns the paths of the consent to be and of the request. */
function requested(): readonly [consent: string, request: string] {
  const path = newPath();
  const [challenge, nonce] = [to0x(nonces.challenge).slice(2), to0x(nonces.nonce).slice(2)];
  return [
    path,
    writeRequest(path, { ...terms, challenge, nonce, source: source.json, receiver: receiver.json }),
  ];
}

/** Writes a request with other values at its top level, and returns its path. */
function changed(change: object): string {
  return file({ ...(JSON.parse(readFileSync(requested()[1], "utf8")) as object), ...change });
}

describe("pruntime policy consent", () => {
  it("signs for the chain and the handover of the request, and says which code gets the keys", async () => {
    const [path, request] = requested();
    const { exit, json } = await answer("consent", request, "--key", pem, "--out", path);
    expect([exit, json]).toMatchObject([
      0,
      {
        commitment: to0x(commitment),
        genesis: to0x(genesisHash),
        source: { kind: "simulated", measurement: "01".repeat(32) },
        receiver: { kind: "simulated", measurement: "02".repeat(32) },
        file: path,
      },
    ]);
    const signature = await awaitConsent(crypto, path, terms);
    expect(signature).toHaveLength(64);
    const hash = consentHash(crypto, genesisHash, commitment);
    expect(crypto.ed25519.verify(from0x(json.key), hash, signature)).toBe(true);
  });

  it("prints the consent, or writes it to a file", async () => {
    const [path, request] = requested();
    const { out, err } = await printed("consent", request, "--key", pem);
    expect(err).toContain("02".repeat(32));
    await answer("consent", request, "--key", pem, "--out", path);
    expect(readFileSync(path, "utf8")).toBe(out);
  });

  it.each([
    ["another nonce", { nonce: "05".repeat(32) }],
    ["another challenge", { challenge: "05".repeat(32) }],
    ["another chain", { genesis: `0x${"06".repeat(32)}` }],
    ["other workers", { source: receiver.shown, receiver: source.shown }],
  ])("cli/bad-file: a consent for %s is none for this handover", async (_, change) => {
    const path = newPath();
    expect((await answer("consent", changed(change), "--key", pem, "--out", path)).exit).toBe(0);
    await expect(awaitConsent(crypto, path, terms)).rejects.toMatchObject({
      detail: { code: "cli/bad-file", path },
    });
  });

  it.each([
    ["json/unknown-key", { more: 1 }],
    ["json/out-of-range", { nonce: "05".repeat(31) }],
    ["simulated/bad-signature", { receiver: { ...receiver.shown, evidence: forged() } }],
  ])("%s: signs nothing else", async (code, change) => {
    const path = newPath();
    const { exit, json } = await answer("consent", changed(change), "--key", pem, "--out", path);
    expect([exit, json.code, existsSync(path)]).toEqual([1, code, false]);
  });
});

describe("pruntime handover --consent", () => {
  it("cli/no-consent: waits no longer than the workers", async () => {
    const path = newPath();
    await expect(awaitConsent(crypto, path, terms, 0)).rejects.toMatchObject({
      detail: { code: "cli/no-consent", path },
    });
  });

  it("waits while the file is empty", async () => {
    await expect(awaitConsent(crypto, file(""), terms, 0)).rejects.toMatchObject({
      detail: { code: "cli/no-consent" },
    });
  });

  it("cli/bad-argument: takes no file of an earlier handover", () => {
    expect(() => requireNoConsent(file("{}"))).toThrow("cli/bad-argument");
    expect(() => requireNoConsent(newPath())).not.toThrow();
  });
});

/** Evidence whose signature is that of other evidence. */
function forged() {
  return { ...source.shown.evidence, signature_b64: receiver.shown.evidence["signature_b64"] };
}
