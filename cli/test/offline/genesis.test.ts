import { concat, fromHex, to0x, utf8 } from "@pruntime/core/bytes";
import { encodeHeader, headerHash } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { orderedRoot, Trie } from "@pruntime/core/trie";
import { describe, expect, it } from "vitest";
import { file, pruntime, vector } from "./command.ts";
import { code, genesisEntries, runtimeVersion, spec, wasm } from "./samples.ts";

const refused = (code: string, context: object = {}) => ({
  exit: 1,
  json: expect.objectContaining({ ok: false, code, ...context }),
});
const genesis = (path: string, ...more: string[]) => pruntime("verify", "genesis", "--spec", path, ...more);
const withCode = (bytes: Uint8Array) =>
  file(".json", spec({ ...genesisEntries, [to0x(utf8(":code"))]: to0x(bytes) }));

function expected(entries: Iterable<readonly [Uint8Array, Uint8Array]>, version: 0 | 1) {
  const stateRoot = Trie.from({ hash: crypto.blake2b256, version }, entries).root;
  const extrinsicsRoot = orderedRoot(crypto.blake2b256, []);
  const header = encodeHeader({
    parentHash: new Uint8Array(32),
    number: 0,
    stateRoot,
    extrinsicsRoot,
    digest: [],
  });
  return {
    exit: 0,
    json: {
      ok: true,
      genesisHash: to0x(headerHash(crypto, header)),
      stateRoot: to0x(stateRoot),
      stateVersion: version,
    },
  };
}

const hex = (text: string) => fromHex(text.slice(2));
const entries = Object.entries(genesisEntries).map(([key, value]) => [hex(key), hex(value)] as const);

describe("verify genesis", () => {
  it("hashes the state in the version that the runtime code or the option states", async () => {
    expect(await genesis(vector("chain-spec.json"))).toEqual(expected(entries, 1));
    expect(await genesis(vector("chain-spec.json"), "--state-version", "1")).toEqual(expected(entries, 1));
    expect(await genesis(vector("chain-spec.json"), "--state-version", "0")).toEqual(expected(entries, 0));
    expect(expected(entries, 0)).not.toEqual(expected(entries, 1));
  });

  it("includes child tries by their roots, except empty ones", async () => {
    const child = { "0x01": `0x${"05".repeat(40)}` };
    const path = file(".json", spec(genesisEntries, { "0xaa": child, "0xbb": {} }));
    for (const version of [0, 1] as const) {
      const { root } = Trie.from({ hash: crypto.blake2b256, version }, [
        [Uint8Array.of(1), new Uint8Array(40).fill(5)],
      ]);
      const key = concat(utf8(":child_storage:default:"), Uint8Array.of(0xaa));
      expect(await genesis(path, "--state-version", String(version))).toEqual(
        expected([...entries, [key, root]], version),
      );
    }
  });

  it.each([
    ["0: without transaction and state version", runtimeVersion(), 0],
    ["0: without state version", runtimeVersion(1, 0, 0, 0), 0],
    ["0", runtimeVersion(1, 0, 0, 0, 0), 0],
    ["1", runtimeVersion(1, 0, 0, 0, 1), 1],
    ["1: of a later system version", runtimeVersion(1, 0, 0, 0, 3), 1],
  ])("reads state version %s", async (_, version, want) => {
    const { json } = await genesis(
      withCode(wasm([1, "", utf8("x")], [0, "name", utf8("y")], [0, "runtime_version", version])),
    );
    expect(json).toMatchObject({ ok: true, stateVersion: want });
  });

  it("skips long sections", async () => {
    const long = concat(wasm(), fromHex("01c801"), new Uint8Array(200), code.subarray(8));
    expect((await genesis(withCode(long))).json).toMatchObject({ ok: true, stateVersion: 1 });
  });

  it("reads state version 0 from code without the section, unless the code uses state versions", async () => {
    expect((await genesis(withCode(wasm([2, "", utf8("ext_storage_root_version_1")])))).json).toMatchObject({
      stateVersion: 0,
    });
    expect((await genesis(withCode(wasm()))).json).toMatchObject({ stateVersion: 0 });
    const path = withCode(wasm([2, "", utf8("ext_storage_root_version_2")]));
    expect(await genesis(path)).toEqual(refused("spec/state-version-unknown"));
    expect((await genesis(path, "--state-version", "1")).exit).toBe(0);
  });

  it("reads packed code", async () => {
    const block = 8 * code.length + 1; // a raw block, the last of the frame
    const frame = concat(fromHex("28b52ffd20"), Uint8Array.of(code.length, block & 255, block >> 8, 0), code);
    const packed = concat(fromHex("52bc537646db8e05"), frame);
    expect((await genesis(withCode(packed))).json).toMatchObject({ ok: true, stateVersion: 1 });
    expect(await genesis(withCode(packed.subarray(0, -1)))).toEqual(
      refused("spec/bad-code", { reason: "zstd" }),
    );
    expect((await genesis(withCode(packed.subarray(0, -1)), "--state-version", "1")).exit).toBe(0);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["no module", utf8("not wasm at all")],
    ["half a section", concat(wasm(), Uint8Array.of(0, 9, 1))],
    ["a length of six bytes", concat(wasm(), fromHex("018080808080"))],
    ["an endless length", concat(wasm(), fromHex("00ffffffffffff"))],
    ["a name beyond its section", concat(wasm(), fromHex("00020561"))],
    ["a name that is not text", concat(wasm(), fromHex("000201ff"))],
    ["half a version", wasm([0, "runtime_version", runtimeVersion().subarray(0, 9)])],
    ["more than a version", wasm([0, "runtime_version", runtimeVersion(1, 0, 0, 0, 1, 0)])],
  ])("refuses code that is %s", async (_, bytes) => {
    expect(await genesis(withCode(bytes))).toEqual(refused("spec/bad-code"));
  });

  it.each([
    ["spec/not-raw", { genesis: { stateRootHash: "0x00" } }],
    ["spec/not-raw", { genesis: { runtimeGenesis: {} } }],
    ["spec/not-raw", { genesis: null }],
    ["spec/no-code", spec({ "0x00": "0x00" })],
    ["json/missing-key", { name: "x" }],
    ["json/missing-key", { genesis: { raw: {} } }],
    ["json/wrong-type", { genesis: { raw: [] } }],
    ["json/wrong-type", [1]],
    ["json/wrong-type", { genesis: { raw: { top: [] } } }],
    ["json/wrong-type", spec({ "00": "0x00" })],
    ["json/wrong-type", spec({ "0x00": "zz" })],
    ["json/wrong-type", spec(genesisEntries, { "0x00": "0x00" })],
    ["json/wrong-type", spec(genesisEntries, { "00": {} })],
    ["trie/key-too-long", spec({ ...genesisEntries, [`0x${"00".repeat(40_000)}`]: "0x" })],
  ])("%s", async (code, content) => {
    expect(await genesis(file(".json", content))).toEqual(refused(code));
  });

  it("refuses a specification that is not JSON", async () => {
    expect(await genesis(file(".bin", "{}"))).toEqual(refused("spec/not-raw"));
    expect(await genesis(file(".json", "{"))).toEqual(refused("json/bad-syntax"));
  });

  it("exits with 2 for unusable arguments", async () => {
    expect((await genesis("/nowhere/spec.json")).exit).toBe(2);
    expect((await genesis(vector("chain-spec.json"), "--state-version", "2")).exit).toBe(2);
  });
});
