import { ed25519 } from "@noble/curves/ed25519.js";
import { keyPairSigner } from "@pruntime/client";
import { sealDataFile } from "@pruntime/client/contracts/data-files";
import { utf8 } from "@pruntime/core/bytes";
import { openFile, openResult, sealResult } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import { WorkerClient } from "../src/client.ts";
import { anchor, chainTimeMs, fakeWorker, genesisHash, keyPair, signer } from "./fake-worker.ts";

const secret = new Uint8Array(32).fill(5);
const owner = keyPairSigner("ed25519", ed25519.getPublicKey(secret), (message) =>
  ed25519.sign(message, secret),
);
const trusted = { publicKey: signer.publicKey, ecdhPublicKey: keyPair.publicKey, genesisHash, anchor };
const client = new WorkerClient(trusted, {
  transport: fakeWorker(),
  crypto,
  random: (length) => new Uint8Array(length).fill(77),
  freshness: { now: () => Number(chainTimeMs), maxAgeMs: 60_000 },
});
const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe("sealDataFile", () => {
  it.each(["dataset", "query"] as const)("seals a %s that the worker opens as the signer's", async (kind) => {
    const bytes = utf8("phone,x\n1,a\n");
    const sealed = await sealDataFile(client, { kind, path: "/p", bytes }, owner);
    const opened = openFile(crypto, { genesisHash, keyPair }, "/p", sealed.bytes);
    expect(opened).toEqual({ kind, owner: owner.account, bytes, resultKey: sealed.resultKey });
    const result = { resultKey: opened.resultKey, path: "/order/0", datasetBytes: 9 };
    const rows = { seller: undefined, rows: utf8("1,a\n") };
    const shown = sealResult(crypto, result, new Uint8Array(12), rows);
    expect(openResult(crypto, sealed.resultKey, "/order/0", shown)).toEqual(rows);
  });

  it.each([
    ["csv/no-column", "dataset", "x\n1\n"],
    ["csv/bad-row", "query", "phone,x\n1\n"],
  ] as const)(
    "%s: refuses a file that is not such a table, before it asks for a signature",
    async (wanted, kind, text) => {
      const unasked = { ...owner, sign: () => expect.unreachable("asked to sign") };
      await expect(sealDataFile(client, { kind, path: "/p", bytes: utf8(text) }, unasked)).rejects.toThrow(
        code(wanted),
      );
    },
  );
});
