import { portableCrypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import { openHardware, requireGenuine } from "../src/hardware.ts";
import { readOptions } from "../src/options.ts";
import { DEVELOPMENT_SEALING_KEY } from "../src/store/sealing.ts";
import { detailOf, laterDetailOf } from "./support/detail.ts";
import { measurement, seededRandom } from "./support/enclave.ts";
import { fakeAgent, gramineFolder, temporaryFolder } from "./support/fake-hardware.ts";

const open = (argv: string) =>
  openHardware(portableCrypto, seededRandom(), measurement, readOptions(words(argv)));
const words = (argv: string) => argv.split(" ").filter((word) => word !== "");

describe("readOptions", () => {
  it.each([
    [
      "",
      { production: false, allowsV1: true, provider: "simulated", root: undefined, sealing: "development" },
    ],
    [
      "--attest gramine --production",
      { production: true, allowsV1: false, provider: "gramine", root: undefined, sealing: "hardware" },
    ],
    [
      "--attest gramine --production --channel-v1",
      { production: true, allowsV1: true, provider: "gramine", root: undefined, sealing: "hardware" },
    ],
    [
      "--attest dstack --attest-root /tmp/a",
      { production: false, allowsV1: true, provider: "dstack", root: "/tmp/a", sealing: "hardware" },
    ],
    [
      "--attest configfs-tsm",
      { production: false, allowsV1: true, provider: "configfs-tsm", root: undefined, sealing: "ephemeral" },
    ],
    [
      "--attest ias --seal ephemeral",
      { production: false, allowsV1: true, provider: "ias", root: undefined, sealing: "ephemeral" },
    ],
  ])("%j", (argv, options) => expect(readOptions(words(argv))).toEqual(options));

  it.each([
    "--prodution",
    "production",
    "--attest",
    "--attest none",
    "--seal",
    "--seal all",
    "--attest-root",
    "--attest-root tmp/a",
  ])("enclave/bad-option: %s", (argv) =>
    expect(detailOf(() => readOptions(words(argv)))).toEqual({
      code: "enclave/bad-option",
      option: words(argv)[0],
    }),
  );
});

describe("production mode", () => {
  const genuine = (argv: string) =>
    detailOf(() => requireGenuine(readOptions(words(`--production ${argv}`))));

  it.each([
    ["enclave/production-simulated", ""],
    ["enclave/production-simulated", "--attest simulated --seal ephemeral"],
    ["enclave/development-key", "--attest gramine --seal development"],
    ["enclave/development-key", "--attest dstack --seal development"],
    ["enclave/development-key", "--attest configfs-tsm --seal development"],
    ["enclave/production-fake-root", "--attest gramine --attest-root /tmp/attestation"],
    ["enclave/production-fake-root", "--attest gramine --attest-root /dev/attestation/../../tmp/attestation"],
    ["enclave/production-fake-root", "--attest ias --attest-root /tmp/attestation"],
    ["enclave/production-fake-root", "--attest configfs-tsm --attest-root /dev/attestation"],
    ["enclave/production-fake-root", "--attest dstack --attest-root /tmp/dstack.sock"],
    ["enclave/no-hardware-key", "--attest configfs-tsm --seal hardware"],
  ])("%s: %s", (code, argv) => expect(genuine(argv)).toMatchObject({ code }));

  it.each([
    "--attest gramine",
    "--attest configfs-tsm",
    "--attest dstack",
    "--attest dstack --attest-root /run/dstack.sock",
  ])("accepts the hardware's own path: %s", (argv) => expect(genuine(argv)).toEqual({ code: "accepted" }));

  it("enclave/production-fake-root: refuses a link from the hardware's own path to elsewhere", () => {
    for (const argv of ["--attest gramine", "--attest configfs-tsm", "--attest dstack"]) {
      const options = readOptions(words(`--production ${argv}`));
      expect(detailOf(() => requireGenuine(options, () => "/tmp/fake"))).toMatchObject({
        code: "enclave/production-fake-root",
      });
    }
    const linked = (path: string) => path.replace(/^\/var\/run/, "/run");
    requireGenuine(readOptions(words("--production --attest dstack")), linked);
  });

  it("is checked before anything is opened", async () =>
    expect(
      await laterDetailOf(open(`--production --attest gramine --attest-root ${gramineFolder()}`)),
    ).toMatchObject({
      code: "enclave/production-fake-root",
    }));
});

describe("openHardware", () => {
  it("simulates by default, and seals under the public development key", async () => {
    const { producer, sealingKey } = await open("");
    expect([producer.provider, sealingKey]).toEqual([
      "simulated",
      { bytes: DEVELOPMENT_SEALING_KEY, lasting: true },
    ]);
  });

  it("enclave/development-key: refuses that key with real evidence, also outside production mode", async () =>
    expect(
      await laterDetailOf(open(`--attest gramine --seal development --attest-root ${gramineFolder()}`)),
    ).toMatchObject({
      code: "enclave/development-key",
    }));

  it("seals under a key derived from Gramine's", async () => {
    const root = gramineFolder();
    const { producer, sealingKey } = await open(`--attest gramine --attest-root ${root}`);
    expect([producer.provider, sealingKey.lasting, sealingKey.bytes.length]).toEqual(["gramine", true, 32]);
    expect(sealingKey.bytes.subarray(0, 16)).not.toEqual(new Uint8Array(16).fill(7));
    expect((await open(`--attest gramine --attest-root ${root}`)).sealingKey).toEqual(sealingKey);
    const other = gramineFolder({ "keys/_sgx_mrenclave": new Uint8Array(16).fill(8) });
    expect((await open(`--attest gramine --attest-root ${other}`)).sealingKey.bytes).not.toEqual(
      sealingKey.bytes,
    );
  });

  it("seals under a key derived from dstack's", async () => {
    const { socket } = await fakeAgent(() => ({ key: "07".repeat(32) }));
    const { producer, sealingKey } = await open(`--attest dstack --attest-root ${socket}`);
    expect([producer.provider, sealingKey.lasting, sealingKey.bytes.length]).toEqual(["dstack", true, 32]);
  });

  it("draws a new key at each start if the hardware has none", async () => {
    const options = readOptions(["--attest", "configfs-tsm", "--attest-root", temporaryFolder()]);
    const random = seededRandom();
    const keys = [1, 2].map(
      async () => (await openHardware(portableCrypto, random, measurement, options)).sealingKey,
    );
    const [first, second] = await Promise.all(keys);
    expect([first!.lasting, second!.lasting]).toEqual([false, false]);
    expect(first!.bytes).not.toEqual(second!.bytes);
  });

  it("quote/unavailable: fails without the hardware", async () => {
    for (const provider of ["gramine", "ias", "dstack"])
      expect(await laterDetailOf(open(`--production --attest ${provider}`))).toMatchObject({
        code: "quote/unavailable",
      });
  });
});
