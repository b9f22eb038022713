/**
 * The demo's story: sealed commands go on chain, become final and are executed, and the worker returns their
 * results sealed, signed and dated. Each step checks its result. `pruntime demo` narrates the story, and the
 * end-to-end test runs it with separate processes.
 */
import { getData, setData } from "@pruntime/api";
import { ClientError, type Command, type Request, type WorkerClient } from "@pruntime/client";
import { type Account, accountOf, type ChainClient } from "@pruntime/client/chain";
import { assets } from "@pruntime/client/contracts/assets";
import { balances } from "@pruntime/client/contracts/balances";
import { sealDataFile } from "@pruntime/client/contracts/data-files";
import { dataPlaza, type Listing } from "@pruntime/client/contracts/data-plaza";
import { fromBase64, fromUtf8, toBase64, toHex } from "@pruntime/core/bytes";
import { type ChannelKind, type FileKind, openResult } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { CliError } from "../error.ts";
import { sampleFile, samplePaths } from "../paths.ts";
import { maxDataFileBytes, readBytes } from "../terminal/file.ts";

/** The stack on which the story runs. */
export interface Scene {
  readonly worker: WorkerClient;
  /** A client at the worker's address for operator calls. */
  readonly operator: Pick<WorkerClient, "call">;
  readonly chain: ChainClient;
  /** Makes the chain change to its next authority set. */
  readonly rotateAuthorities: () => Promise<void>;
  /**
   * Replaces the chain's runtime with its next version. Returns the number of a block that the new runtime
   * has executed.
   */
  readonly upgradeRuntime: () => Promise<number>;
  /** Stops the relay and starts it again, if the stack can do so. */
  readonly interruptRelay?: () => Promise<void>;
  readonly narrate: (line: string) => void;
}

const total = 1024000000000000n;
const gift = 1000000000000n;

/**
 * Runs the story on a new worker.
 * @throws {@link CliError} `cli/story-broken` at the first step with an unexpected result
 */
export async function tellStory(scene: Scene): Promise<void> {
  const [alice, bob] = [accountOf("//Alice"), accountOf("//Bob")];
  const tell = scene.narrate;

  tell("Alice asks for her balance over the channel of 2020, and Bob for his over HPKE.");
  await expectBalance(scene, alice, total, "v1");
  await expectBalance(scene, bob, 0n, "v2");

  tell("Alice seals a transfer to Bob and puts it on chain. Only the worker can read it.");
  await run(scene, alice, balances.transfer({ dest: bob.id, value: gift }));
  await expectBalance(scene, alice, total - gift, "v2");
  await expectBalance(scene, bob, gift, "v1");

  tell("No other account may read it: Bob asks for Alice's balance and is refused.");
  const refused = await ask(scene, bob, balances.freeBalance(alice.id)).catch(refusalOf);
  check("foreign balance", refused, "NotAuthorized");

  tell("The chain changes its GRANDPA authorities. The worker follows the digest that it has verified.");
  await scene.rotateAuthorities();

  tell("Alice issues an asset and gives Bob some of it. Bob cannot destroy the asset, because it is hers.");
  await run(scene, alice, assets.issue({ symbol: "STORY", total: 1000n }));
  const id = await assetId(scene, "STORY");
  await run(scene, alice, assets.transfer({ id, dest: bob.id, value: 300n }));
  check("asset balance", await ask(scene, bob, assets.balance(id, bob.id)), 300n);
  await run(scene, bob, assets.destroy(id), { status: "NotAssetOwner" });
  await run(scene, alice, assets.destroy(id));

  tell("The chain upgrades its runtime. The worker reads the new runtime's metadata from its proven code.");
  await dispatched(scene, await scene.upgradeRuntime());

  tell("Bob lists a dataset, and Alice orders a join with her list of phone numbers.");
  await run(scene, bob, dataPlaza.list(listing));
  await run(scene, alice, dataPlaza.openOrder({ itemId: 0, queryLink: samplePaths.query }));
  if (scene.interruptRelay !== undefined) {
    tell("The relay is stopped and started again; nothing is lost.");
    await scene.interruptRelay();
  }
  tell(
    "Bob and Alice seal their files. The operator uploads both; the join runs when the second one arrives.",
  );
  await upload(scene, bob, "dataset");
  const resultKey = await upload(scene, alice, "query");
  const { value: result } = await scene.operator.call(getData, { path: "/order/0" });
  const { rows, seller } = openResult(portableCrypto, resultKey, "/order/0", fromBase64(result.value));
  check("seller", toHex(seller ?? new Uint8Array()), toHex(bob.id));
  const text = fromUtf8(rows).trimEnd();
  check("join", text.split("\n").length, 5);
  tell("The result is sealed to Alice, who opens it:");
  tell(text);

  tell("The chain upgrades its runtime twice more. The last new code first waits under `:pending_code`.");
  await dispatched(scene, await scene.upgradeRuntime());
  await run(scene, alice, assets.issue({ symbol: "AGAIN", total: 1n }));
  await dispatched(scene, await scene.upgradeRuntime());

  tell("The authorities change again. One more transfer follows, this time unsealed: everyone can read it.");
  await scene.rotateAuthorities();
  await run(scene, bob, balances.transfer({ dest: alice.id, value: 1n }), { kind: "plain" });
  await expectBalance(scene, bob, gift - 1n, "v2");
}

const listing: Listing = {
  name: "people",
  category: "demo",
  description: "forty people who do not exist",
  pricePerRow: 100n,
  datasetLink: samplePaths.dataset,
  datasetPreview: "",
};

/** Seals a sample file and uploads it. Returns the key that opens the results of a query file. */
async function upload({ worker, operator }: Scene, account: Account, kind: FileKind): Promise<Uint8Array> {
  const path = samplePaths[kind];
  const file = { kind, path, bytes: readBytes(sampleFile(`${kind}.csv`), maxDataFileBytes) };
  const { bytes, resultKey } = await sealDataFile(worker, file, account.query);
  await operator.call(setData, { path, data: toBase64(bytes) });
  return resultKey;
}

async function run(
  { worker, chain, narrate }: Scene,
  account: Account,
  command: Command,
  { kind = "v2", status = "Ok" }: { readonly kind?: ChannelKind; readonly status?: string } = {},
): Promise<void> {
  const push = worker.push(chain, account, command, { kind });
  const text = canonicalJson(command.json);
  check(text, (await push.executed).outcome, status);
  narrate(`  block ${(await push.finalized).blockNumber}: ${text} → ${status}`);
}

/** Waits until the worker has executed a block. */
async function dispatched({ worker, narrate }: Scene, number: number): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const have = (await worker.status()).dispatched?.number ?? 0;
    if (have >= number) return narrate(`  the worker has executed block ${have}`);
    if (Date.now() > end)
      throw new CliError({ code: "cli/story-broken", step: "upgrade", have: `${have}`, want: `${number}` });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function expectBalance(
  scene: Scene,
  account: Account,
  balance: bigint,
  kind: ChannelKind,
): Promise<void> {
  check("balance", await ask(scene, account, balances.freeBalance(account.id), kind), balance);
}

/** Queries a contract, and narrates its answer unchanged. */
async function ask<T>(
  { worker, narrate }: Scene,
  account: Account,
  { contractId, json, read }: Request<T>,
  kind: ChannelKind = "v2",
): Promise<T> {
  const { value, dispatchedNumber } = await worker.query(contractId, json, { kind, signer: account.query });
  narrate(`  as of block ${dispatchedNumber}, over ${kind}: ${canonicalJson(value)}`);
  return read(value);
}

/** Returns the reason for which a contract refused a request. Rethrows any other error. */
function refusalOf(error: unknown): string {
  if (error instanceof ClientError && error.detail.code === "client/contract-refused")
    return error.detail.reason;
  throw error;
}

async function assetId({ worker }: Scene, symbol: string): Promise<number> {
  const { value } = await worker.query(assets.metadata());
  const id = value.find((asset) => asset.symbol === symbol)?.id;
  if (id === undefined)
    throw new CliError({ code: "cli/story-broken", step: "asset", have: "none", want: symbol });
  return id;
}

function check<T extends string | number | bigint>(step: string, have: T, want: T): void {
  if (have !== want)
    throw new CliError({ code: "cli/story-broken", step, have: String(have), want: String(want) });
}
