/**
 * Runs a gateway with the built enclave on imitated hardware. Tests what the permission flags grant, and what
 * production mode refuses.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getEvidence, getStatus } from "@pruntime/api";
import { reportData } from "@pruntime/core/attestation";
import { fromHex, toBase64 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import { initInput, TinyChain } from "../../../enclave/test/support/chain.ts";
import { sgxQuote } from "../../../enclave/test/support/fake-quotes.ts";
import { enclaveFlags } from "../src/enclave/process.ts";
import type { Gateway } from "../src/index.ts";
import { codedLater } from "./support/coded.ts";
import { call, codeOf, read, start, temporaryFolder } from "./support/gateway.ts";

const bundle = join(import.meta.dirname, "../../../enclave/dist/enclave.mjs");
const nonce = "5a".repeat(32);
const chain = new TinyChain();

/** A folder with the files of Gramine, but no quote yet. */
function gramineFolder(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, "keys"));
  writeFileSync(join(root, "attestation_type"), "dcap");
  writeFileSync(join(root, "keys/_sgx_mrenclave"), new Uint8Array(16).fill(7));
  return root;
}

/** The 64 bytes that this worker's evidence must contain. */
async function boundBytes(gateway: Gateway): Promise<Uint8Array> {
  const { anchor, genesis_hash } = await read(getStatus, await call(gateway, "get_status", {}));
  const { publicKey, ecdhPublicKey } = gateway.enclave().identity!;
  const [genesisHash, anchorBytes] = [fromHex(genesis_hash), fromHex(anchor)];
  return reportData(portableCrypto, {
    purpose: "worker",
    publicKey,
    ecdhPublicKey,
    genesisHash,
    anchor: anchorBytes,
    nonce: fromHex(nonce),
  });
}

describe("enclaveFlags", () => {
  const flags = (hardware: Parameters<typeof enclaveFlags>[1]) =>
    enclaveFlags("/e.mjs", hardware).filter((flag) => !flag.includes("permission"));

  it("grant nothing but the bundle to a simulated worker", () =>
    expect(flags({})).toEqual(["--no-warnings", "--allow-fs-read=/e.mjs", "/e.mjs"]));

  it("grant the hardware's own files, and pass on the operator's choices", () => {
    expect(flags({ provider: "gramine", production: true, channelV1: true })).toEqual([
      "--no-warnings",
      "--allow-fs-read=/e.mjs",
      "--allow-fs-read=/dev/attestation/*",
      "--allow-fs-write=/dev/attestation/*",
      "/e.mjs",
      "--production",
      "--channel-v1",
      "--attest",
      "gramine",
    ]);
    const net = process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : [];
    expect(flags({ provider: "dstack", root: "/tmp/dstack.sock" })).toEqual([
      "--no-warnings",
      "--allow-fs-read=/e.mjs",
      "--allow-fs-read=/tmp/dstack.sock",
      ...net,
      "/e.mjs",
      "--attest",
      "dstack",
      "--attest-root",
      "/tmp/dstack.sock",
    ]);
    expect(flags({ provider: "configfs-tsm", root: "/tmp/tsm", sealing: "ephemeral" })).toEqual([
      "--no-warnings",
      "--allow-fs-read=/e.mjs",
      "--allow-fs-read=/tmp/tsm/*",
      "--allow-fs-write=/tmp/tsm/*",
      "/e.mjs",
      "--attest",
      "configfs-tsm",
      "--attest-root",
      "/tmp/tsm",
      "--seal",
      "ephemeral",
    ]);
  });
});

describe.skipIf(!existsSync(bundle))("the built enclave", () => {
  it("requests a quote through files, for bytes that it computed itself", async () => {
    const root = gramineFolder();
    const gateway = await start({ bundle, hardware: { provider: "gramine", root } });
    expect((await call(gateway, "init_runtime", initInput(chain))).status).toBe(200);
    const quote = sgxQuote(await boundBytes(gateway));
    writeFileSync(join(root, "quote"), quote);
    const answer = await call(gateway, "get_evidence", { nonce });
    const { evidence, provider } = await read(getEvidence, answer);
    expect([provider, evidence]).toEqual(["gramine", { kind: "sgx", quote_b64: toBase64(quote) }]);
    expect(await codeOf(await call(gateway, "get_evidence", { nonce: "5b".repeat(32) }))).toBe(
      "quote/wrong-report-data",
    );
    expect(gateway.enclave()).toMatchObject({ state: "ready", restarts: 0 });
  });

  it("may create folders where the kernel expects them", async () => {
    const root = temporaryFolder();
    const gateway = await start({ bundle, hardware: { provider: "configfs-tsm", root } });
    expect((await call(gateway, "init_runtime", initInput(chain))).status).toBe(200);
    // The kernel would add a `provider` file to the request's folder. An ordinary file system does not. The
    // worker then cannot remove the folder, because it contains `inblob`.
    expect(await codeOf(await call(gateway, "get_evidence", { nonce }))).toBe("quote/unavailable");
    const [request] = readdirSync(root);
    expect(readdirSync(join(root, request!))).toEqual(["inblob"]);
  });

  it.each([
    ["enclave/production-simulated", { production: true }],
    ["enclave/production-fake-root", { production: true, provider: "gramine", root: "/tmp/attestation" }],
    ["enclave/development-key", { production: true, provider: "gramine", sealing: "development" }],
    ["quote/unavailable", { provider: "dstack", root: "/tmp/no.sock" }],
  ] as const)("does not start, and reports why: %s", async (reason, hardware) =>
    expect(await codedLater(start({ bundle, hardware }))).toEqual({ code: "gateway/boot-failed", reason }),
  );

  it("enclave/production-dev-actions: does not start with development actions", async () => {
    const hardware = { production: true, provider: "configfs-tsm" } as const;
    expect(await codedLater(start({ bundle, hardware, devTest: true }))).toEqual({
      code: "gateway/boot-failed",
      reason: "enclave/production-dev-actions",
    });
  });

  it("is started by a launcher, with only the launcher's arguments", async () => {
    const gateway = await start({
      bundle: "/nothing",
      launcher: [process.execPath, bundle, "--seal", "ephemeral"],
    });
    const { provider } = await read(getStatus, await call(gateway, "get_status", {}));
    expect(provider).toBe("simulated");
  });
});
