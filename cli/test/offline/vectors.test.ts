import { readdirSync } from "node:fs";
import { to0x, toHex } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { vector } from "./command.ts";
import { policy, receipt } from "./reply-receipt-sample.ts";
import * as sample from "./samples.ts";

const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
const hex = (bytes: Uint8Array) => `0x${toHex(bytes)}\n`;

const files: Readonly<Record<string, string>> = {
  "authorities.json": json(sample.authorities),
  "justification.hex": hex(sample.justification),
  "header.json": json(sample.headerJson(sample.target.header)),
  "warp-proof.hex": hex(sample.warpProof),
  "proof.json": json(sample.state.v1.proof.map(to0x)),
  "chain-spec.json": json(sample.spec()),
  "block.json": json(sample.blockJson),
  "extrinsics.json": json(sample.extrinsics.map(to0x)),
  "metadata.hex": hex(sample.metadata),
  "events.hex": hex(sample.eventBytes),
  "receipt.json": json(receipt),
  "receipt-policy.json": json(policy),
};

describe("vectors/verify", () => {
  it.each(Object.entries(files))(
    "%s equals the sample (`npx vitest run cli/test --update` writes it again)",
    async (name, content) => {
      await expect(content).toMatchFileSnapshot(vector(name));
    },
  );

  it("has no other file", () => {
    expect(readdirSync(vector("")).sort()).toEqual([...Object.keys(files), "SOURCE.md"].sort());
  });
});
