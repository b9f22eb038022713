/**
 * The story that every part serves: sealed commands go on chain, become final, are executed, and their results come back sealed, signed and dated. Each
 * step checks what it gets; `pruntime demo` narrates it, the end-to-end test runs it over separate processes.
 */

import { readFileSync } from "node:fs";
import { getData, setData } from "@pruntime/api";
import type { WorkerClient } from "@pruntime/client";
import { type Account, accountOf, awaitReceipt, type ChainClient, receiptKey } from "@pruntime/client/chain";
import { fromBase64, fromUtf8, toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import type { ChannelKind } from "@pruntime/core/channel";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { CliError } from "../error.ts";
import { sampleFile, samplePaths } from "../paths.ts";

/** Where the story plays. */
export interface Scene {
  readonly worker: WorkerClient;
  readonly chain: ChainClient;
  /** Hands the chain's finality to the next set of authorities. */
  readonly rotateAuthorities: () => Promise<void>;
  /** Takes the relay away and brings it back, where the scene can do so. */
  readonly interruptRelay?: () => Promise<void>;
  readonly narrate: (line: string) => void;
}

const [dataPlaza, balances, assets] = [1, 2, 3];
const total = 1024000000000000n;
const gift = 1000000000000n;

/** Tells the story on a fresh worker. @throws {@link CliError} `cli/story-broken` at the first step that comes out otherwise */
export async function tellStory(scene: Scene): Promise<void> {
  const [alice, bob] = [accountOf("//Alice"), accountOf("//Bob")];
  const tell = scene.narrate;

  tell("Alice and Bob ask for their balances, she over the channel of 2020, he over HPKE.");
  await expectBalance(scene, alice, total, "v1");
  await expectBalance(scene, bob, 0n, "v2");

  tell("Alice seals a transfer to Bob and puts it on chain. Only the worker can read it.");
  await run(scene, alice, balances, { Transfer: { dest: toHex(bob.id), value: String(gift) } });
  await expectBalance(scene, alice, total - gift, "v2");
  await expectBalance(scene, bob, gift, "v1");

  tell("Nobody else may read it: Bob asks for Alice's balance and is refused.");
  await expect(
    scene,
    "foreign balance",
    bob,
    balances,
    { FreeBalance: { account: toHex(alice.id) } },
    { Error: "NotAuthorized" },
  );

  tell("The chain changes its GRANDPA authorities; the worker follows by the digest it has verified.");
  await scene.rotateAuthorities();

  tell("Alice issues an asset, gives some to Bob, and he cannot destroy what is hers.");
  await run(scene, alice, assets, { Issue: { symbol: "STORY", total: "1000" } });
  const id = await assetId(scene, "STORY");
  await run(scene, alice, assets, { Transfer: { id, dest: toHex(bob.id), value: "300" } });
  await expect(
    scene,
    "asset balance",
    bob,
    assets,
    { Balance: { id, account: toHex(bob.id) } },
    { Balance: { balance: "300" } },
  );
  await run(scene, bob, assets, { Destroy: { id } }, { status: "NotAssetOwner" });
  await run(scene, alice, assets, { Destroy: { id } });

  tell("Bob lists a dataset, Alice orders a join with her list of phone numbers.");
  await run(scene, bob, dataPlaza, { List: listing });
  await run(scene, alice, dataPlaza, { OpenOrder: { item_id: 0, query_link: samplePaths.query } });
  if (scene.interruptRelay !== undefined) {
    tell("The relay dies and comes back; nothing is lost.");
    await scene.interruptRelay();
  }
  tell("The operator brings both files; the join runs when the second arrives.");
  for (const kind of ["dataset", "query"] as const)
    await scene.worker.call(setData, {
      path: samplePaths[kind],
      data: toBase64(Uint8Array.from(readFileSync(sampleFile(`${kind}.csv`)))),
    });
  const { value: result } = await scene.worker.call(getData, { path: "/order/0" });
  const rows = fromUtf8(fromBase64(result.value));
  check("join", String(rows.trimEnd().split("\n").length), "5");
  tell(rows.trimEnd());

  tell("Another change of authorities, and one more transfer, in plain this time: everybody may read it.");
  await scene.rotateAuthorities();
  await run(scene, bob, balances, { Transfer: { dest: toHex(alice.id), value: "1" } }, { kind: "plain" });
  await expectBalance(scene, bob, gift - 1n, "v2");
}

const listing: Json = {
  name: "people",
  category: "demo",
  description: "forty people who do not exist",
  price: { PerRow: { price: "100" } },
  dataset_link: samplePaths.dataset,
  dataset_preview: "",
};

async function run(
  { worker, chain, narrate }: Scene,
  account: Account,
  contract: number,
  command: Json,
  { kind = "v2", status = "Ok" }: { readonly kind?: ChannelKind; readonly status?: string } = {},
): Promise<void> {
  const payload = worker.sealCommand(account.id, contract, command, kind);
  const { blockNumber } = await chain.push(account, contract, payload);
  check(
    canonicalJson(command),
    await awaitReceipt(worker, account, receiptKey(utf8(payload)), 60_000),
    status,
  );
  narrate(`  block ${blockNumber}: ${canonicalJson(command)} → ${status}`);
}

async function expectBalance(
  scene: Scene,
  account: Account,
  balance: bigint,
  kind: ChannelKind,
): Promise<void> {
  const request = { FreeBalance: { account: toHex(account.id) } };
  await expect(
    scene,
    "balance",
    account,
    balances,
    request,
    { FreeBalance: { balance: String(balance) } },
    kind,
  );
}

async function expect(
  { worker, narrate }: Scene,
  step: string,
  account: Account,
  contract: number,
  request: Json,
  want: Json,
  kind: ChannelKind = "v2",
): Promise<void> {
  const { value, dispatchedNumber } = await worker.query(contract, request, { kind, signer: account.query });
  check(step, canonicalJson(value), canonicalJson(want));
  narrate(`  as of block ${dispatchedNumber}, over ${kind}: ${canonicalJson(value)}`);
}

async function assetId({ worker }: Scene, symbol: string): Promise<number> {
  const { value } = await worker.query(assets, "Metadata");
  const metadata = (value as { Metadata?: { metadata?: readonly { id: number; symbol: string }[] } }).Metadata
    ?.metadata;
  const id = metadata?.find((asset) => asset.symbol === symbol)?.id;
  if (id === undefined)
    throw new CliError({ code: "cli/story-broken", step: "asset", have: canonicalJson(value), want: symbol });
  return id;
}

function check(step: string, have: string, want: string): void {
  if (have !== want) throw new CliError({ code: "cli/story-broken", step, have, want });
}
