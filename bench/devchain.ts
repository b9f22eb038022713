/**
 * Measures how long an empty block takes on a long chain, and on a chain with a large state. The peer is a
 * short chain with a small state, and the ratios should be near one.
 */
import { createDevchain, type Devchain, type DevchainOptions } from "@pruntime/devchain";
import { type Row, row } from "./harness.ts";

export const name = "embedded chain: time of an empty block";

/** The height of the long chain. It exceeds `BlockHashCount`, so each new block also removes an old hash. */
const longChain = 10_000;
const manyAccounts = 1_000_000; // the state alone takes about 3 GB
const fewAccounts = 1000;
const rounds = 15;
const blocksPerRound = 50;

async function chainOf(height: number, options: DevchainOptions = {}): Promise<Devchain> {
  const chain = await createDevchain({ mode: { kind: "manual" }, ...options });
  while (chain.best().header.number < height) chain.produceBlock();
  return chain;
}

function endowed(count: number): [Uint8Array, bigint][] {
  return Array.from({ length: count }, (_, i) => {
    const account = new Uint8Array(32).fill(1);
    new DataView(account.buffer).setUint32(0, i);
    return [account, 1_000_000_000_000n];
  });
}

/** Returns the mean time of one block, in nanoseconds. */
function timeBlocks(chain: Devchain): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < blocksPerRound; i++) chain.produceBlock();
  return Number(process.hrtime.bigint() - start) / blocksPerRound;
}

/**
 * Runs both sides interleaved. Each sample has a new peer chain, because every block makes a chain longer.
 */
async function against(
  what: string,
  chain: Devchain,
  peer: () => Promise<Devchain>,
  note: string,
): Promise<Row> {
  const samples: [ours: number, peer: number][] = [];
  for (let i = 0; i < rounds; i++) {
    const young = await peer();
    samples.push([timeBlocks(chain), timeBlocks(young)]);
    young.close();
  }
  const median = (side: 0 | 1): number =>
    samples.map((sample) => sample[side]).sort((a, b) => a - b)[rounds >> 1]!;
  return row(what, median(0), median(1), note);
}

export async function run(): Promise<Row[]> {
  const few = { endowed: endowed(fewAccounts) };
  const [long, large] = [await chainOf(longChain), await chainOf(10, { endowed: endowed(manyAccounts) })];
  return [
    await against("long chain", long, () => chainOf(10), `after ${longChain} blocks; peer: after 10`),
    await against(
      "large state",
      large,
      () => chainOf(10, few),
      `${manyAccounts} accounts; peer: ${fewAccounts}`,
    ),
  ];
}
