/** Tests that the chain keeps to the limits of blocks, and that the constants state these limits. */
import { from0x } from "@pruntime/core/bytes";
import { decodeMetadata, findPallet } from "@pruntime/core/metadata";
import { createDevchain, type Devchain, type DevchainOptions, InvalidTransaction } from "@pruntime/devchain";
import { describe, expect, it, onTestFinished } from "vitest";
import { recorded } from "../../../test/support/fixtures.ts";
import { polkadotLimits } from "../src/frame/limits.ts";
import { BlockMeter, fitsEmptyBlock } from "../src/runtime/block-meter.ts";
import { eventsOf, manualChain } from "./support/chain.ts";
import { batch, pushCommand, remarkWithEvent, signed, transfer } from "./support/extrinsic.ts";
import { signer } from "./support/keys.ts";

const [alice, bob] = [signer("Alice"), signer("Bob")];
const { normal } = polkadotLimits.weights.per_class;
/** A batch of transfers. Each transfer weighs 0.2 ms. */
const transfers = (count: number): Uint8Array =>
  batch("batch", Array<Uint8Array>(count).fill(transfer("keep_alive", bob.id, 1n)));

/** Submits an extrinsic, and returns `accepted` or the code and data of the pool's error. */
function verdict(chain: Devchain, extrinsic: Uint8Array): unknown {
  try {
    chain.submit(extrinsic);
    return "accepted";
  } catch (error) {
    if (error instanceof InvalidTransaction) return [error.code, error.data];
    throw error;
  }
}

const exhausts = [1010, "Transaction would exhaust the block limits"];

describe("constants", () => {
  const constants = (metadata: Uint8Array): readonly (Uint8Array | undefined)[] =>
    ["BlockWeights", "BlockLength"].map(
      (name) => findPallet(decodeMetadata(metadata), "System")?.constants.get(name)?.value,
    );

  recorded("state Polkadot's limits, byte for byte", async ({ files }) => {
    const { metadata } = files.json("substrate/g-metadata-v16-polkadot.json.gz") as { metadata: string };
    const chain = await manualChain();
    const [weights, length] = constants(from0x(metadata));
    // The recorded runtime's BlockLength has a second field, which is None.
    expect(constants(chain.metadata(16))).toEqual([weights, length?.subarray(0, 12)]);
  });

  it("state that there are no limits", async () => {
    const [weights, length] = constants((await manualChain({ limits: "none" })).metadata(16));
    expect(length).toEqual(new Uint8Array(12).fill(0xff));
    expect(weights).not.toEqual(constants((await manualChain()).metadata(16))[0]);
  });
});

describe("BlockMeter", () => {
  const { max_extrinsic, max_total, base_extrinsic } = normal;
  const ref = (weight: typeof max_total): bigint => weight?.ref_time ?? 0n;

  it("has room for as many bytes as the normal class may have, inherents included", () => {
    const meter = new BlockMeter(polkadotLimits);
    meter.addInherent({ bytes: 11, weight: 0n });
    meter.add({ bytes: 1_000_000, weight: 0n });
    expect(meter.fits({ bytes: 2_932_149, weight: 0n })).toBe(true);
    expect(meter.fits({ bytes: 2_932_150, weight: 0n })).toBe(false);
  });

  it("has room for as much weight as the normal class may have, base weights included", () => {
    const meter = new BlockMeter(polkadotLimits);
    meter.add({ bytes: 1, weight: 1_000_000_000_000n });
    const most = ref(max_total) - 1_000_000_000_000n - 2n * base_extrinsic.ref_time;
    expect(meter.fits({ bytes: 1, weight: most })).toBe(true);
    expect(meter.fits({ bytes: 1, weight: most + 1n })).toBe(false);
  });

  it("has no room in a block that inherents have filled", () => {
    const meter = new BlockMeter(polkadotLimits);
    const { base_block, max_block, per_class } = polkadotLimits.weights;
    const left = max_block.ref_time - base_block.ref_time - per_class.mandatory.base_extrinsic.ref_time;
    meter.addInherent({ bytes: 1, weight: left - base_extrinsic.ref_time - 5n });
    expect(meter.fits({ bytes: 1, weight: 5n })).toBe(true);
    expect(meter.fits({ bytes: 1, weight: 6n })).toBe(false);
  });

  it("never has room for an extrinsic that exceeds the limit of one extrinsic", () => {
    const most = { bytes: 3_932_160, weight: ref(max_extrinsic) };
    expect(fitsEmptyBlock(polkadotLimits, most)).toBe(true);
    expect(fitsEmptyBlock(polkadotLimits, { ...most, bytes: most.bytes + 1 })).toBe(false);
    expect(fitsEmptyBlock(polkadotLimits, { ...most, weight: most.weight + 1n })).toBe(false);
  });
});

describe("a chain with Polkadot's limits", () => {
  it("refuses an extrinsic that is too heavy for any block, also in the runtime's API", async () => {
    const chain = await manualChain();
    const heavy = signed(chain, alice, transfers(10_000));
    expect(verdict(chain, heavy)).toEqual(exhausts);
    const args = new Uint8Array([2, ...heavy, ...chain.genesisHash]);
    expect([...chain.callRuntime(chain.best(), "TaggedTransactionQueue_validate_transaction", args)]).toEqual(
      [1, 0, 6], // Err, Invalid, ExhaustsResources
    );
  });

  it("weighs calls inside other calls, to any depth", async () => {
    const chain = await manualChain();
    const nested = batch("force_batch", [batch("batch_all", [transfers(5_000)]), transfers(5_000)]);
    expect(verdict(chain, signed(chain, alice, nested))).toEqual(exhausts);
    expect(verdict(chain, signed(chain, alice, transfers(5_000)))).toBe("accepted");
  });

  it("keeps an extrinsic for the next block if the current block has no time for it", async () => {
    const chain = await manualChain();
    for (const who of [alice, bob]) chain.submit(signed(chain, who, transfers(5_000)));
    expect([chain.produceBlock(), chain.produceBlock()].map(({ body }) => body.length)).toEqual([2, 2]);
  });

  it("states the weight of an extrinsic in its event, base weight included", async () => {
    const chain = await manualChain();
    chain.submit(signed(chain, alice, remarkWithEvent(new Uint8Array(1000))));
    const events = eventsOf(chain, chain.produceBlock());
    const ref_time = 7_681_000n + 13_658n * 1000n + normal.base_extrinsic.ref_time;
    expect(events.at(-1)?.fields).toMatchObject({ dispatch_info: { weight: { ref_time } } });
  });

  it("does not make empty blocks for a transaction that no block has room for", async () => {
    const chain = await createDevchain({ maxPayload: 4 << 20, now: () => 1_600_000_000_000 });
    onTestFinished(() => chain.close());
    const overhead = signed(chain, alice, pushCommand(1, new Uint8Array(3_900_000))).length - 3_900_000;
    const largest = signed(chain, alice, pushCommand(1, new Uint8Array(3_932_160 - overhead)));
    expect(largest.length).toBe(3_932_160); // too long for a block that also has the timestamp
    chain.submit(largest);
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    expect([chain.best().header.number, chain.pending().length]).toEqual([1, 1]);
  });
});

describe("a chain without limits", () => {
  const withoutLimits = (options: DevchainOptions = {}): Promise<Devchain> =>
    manualChain({ limits: "none", ...options });

  it("puts extrinsics that are too long and too heavy for Polkadot into one block", async () => {
    const chain = await withoutLimits({ maxPayload: 8 << 20 });
    const long = pushCommand(1, new Uint8Array(4_000_000));
    for (const call of [long, long, transfers(10_000)])
      chain.submit(signed(chain, alice, call, { nonce: chain.pending().length }));
    expect(chain.produceBlock().body).toHaveLength(4);
  });
});
