/**
 * Contract 3, assets that any account may issue.
 * - An id is never used again, even after its asset was destroyed. The pRuntime of 2020 reused the
 *   highest id, so that old references pointed to the new asset.
 * - A symbol is 1 to 16 characters of `[A-Za-z0-9._-]`, starts with a letter or digit, and is unique
 *   regardless of case, which rules out look-alikes. As in 2020, a symbol belongs to the first account
 *   that uses the symbol, until the asset is destroyed. An account may therefore take a symbol that others
 *   want. This does no harm, because a symbol is only a label: the id identifies an asset.
 * - As in 2020, the owner may destroy an asset that other accounts hold. The balances of these
 *   accounts are then lost.
 * - Existing assets form a linked list through their entries, so that issuing or destroying an asset
 *   rewrites only the neighbours of this asset.
 */
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import {
  type AnswerOf,
  assets as assetsInterface,
  notAuthorized,
  type RequestOf,
} from "@pruntime/interfaces";
import type { Contract } from "../contract.ts";
import { Cell } from "../state/cell.ts";
import { account, u32, u128 } from "../state/codec.ts";
import type { State, StateView } from "../state/overlay.ts";
import { developmentAccount, developmentSupply, isOrigin } from "./account.ts";
import { jsonContract, Refusal } from "./json-contract.ts";
import { Ledger } from "./ledger.ts";
import { Newest } from "./page.ts";

interface Asset {
  readonly owner: Uint8Array;
  readonly supply: bigint;
  readonly symbol: string;
  /** The id of the next older asset that still exists. `newer` is the id of the next newer asset. */
  readonly older: number | undefined;
  readonly newer: number | undefined;
}

const assetsById = new Cell<Asset>("asset", {
  read: (r) => ({
    owner: account.read(r),
    supply: r.u128(),
    symbol: fromUtf8(r.vecU8()),
    older: r.option(u32.read),
    newer: r.option(u32.read),
  }),
  write: (w, asset) => {
    account.write(w, asset.owner);
    w.u128(asset.supply)
      .vecU8(utf8(asset.symbol))
      .option(asset.older, u32.write)
      .option(asset.newer, u32.write);
  },
});
const idsBySymbol = new Cell("symbol", u32);
const nextId = new Cell("next", u32);
const newestId = new Cell("newest", u32);
const holdings = new Cell("balance", u128);

const symbolForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$/;

/** The assets contract. @param development whether to issue the asset TTT at genesis, as on chains of 2020 */
export function assets(development: boolean): Contract {
  return jsonContract(assetsInterface, {
    cells: [assetsById, idsBySymbol, nextId, newestId, holdings],
    genesis: (state) => {
      if (development) issue(state, developmentAccount, "TTT", developmentSupply);
    },
    commands: {
      Issue: ({ sender }, state, { symbol, total }) => issue(state, sender, symbol, total),
      Destroy: ({ sender }, state, { id }) => destroy(state, sender, id),
      Transfer: ({ sender }, state, { id, dest, value }) =>
        assetsById.get(state, id)
          ? new Ledger(holdings, id).transfer(state, sender, dest, value)
          : "AssetIdNotFound",
    },
    requests: {
      Balance: ({ origin }, state, { id, account }) => {
        if (!isOrigin(origin, account)) return new Refusal(notAuthorized);
        if (assetsById.get(state, id) === undefined) return new Refusal("Asset not found");
        return { balance: new Ledger(holdings, id).get(state, account) ?? 0n };
      },
      TotalSupply: (_, state, { id }) => {
        const asset = assetsById.get(state, id);
        return asset ? { total_issuance: asset.supply } : new Refusal("Asset not found");
      },
      Metadata: (_, state, page) => {
        const { before } = page ?? {};
        if (before === undefined || before >= (nextId.get(state) ?? 0))
          return new Newest(fromNewest(state, newestId.get(state)));
        const next = assetsById.get(state, before);
        return next ? new Newest(fromNewest(state, next.older)) : new Refusal("Asset not found");
      },
    },
  });
}

function issue(
  state: State,
  owner: Uint8Array,
  symbol: string,
  supply: bigint,
): "Ok" | "UnknownError" | "BadSymbol" | "SymbolExist" {
  if (!symbolForm.test(symbol)) return "BadSymbol";
  const name = symbol.toLowerCase();
  if (idsBySymbol.get(state, name) !== undefined) return "SymbolExist";
  const id = nextId.get(state) ?? 0;
  if (id === 0xffff_ffff) return "UnknownError";
  const older = newestId.get(state);
  link(state, older, { newer: id });
  assetsById.set(state, { owner, supply, symbol, older, newer: undefined }, id);
  idsBySymbol.set(state, id, name);
  nextId.set(state, id + 1);
  newestId.set(state, id);
  new Ledger(holdings, id).set(state, owner, supply);
  return "Ok";
}

function destroy(state: State, sender: Uint8Array, id: number): "Ok" | "AssetIdNotFound" | "NotAssetOwner" {
  const asset = assetsById.get(state, id);
  if (asset === undefined) return "AssetIdNotFound";
  if (!isOrigin(sender, asset.owner)) return "NotAssetOwner";
  link(state, asset.older, { newer: asset.newer });
  link(state, asset.newer, { older: asset.older });
  if (asset.newer === undefined) {
    if (asset.older === undefined) newestId.delete(state);
    else newestId.set(state, asset.older);
  }
  assetsById.delete(state, id);
  idsBySymbol.delete(state, asset.symbol.toLowerCase());
  return "Ok";
}

/** Changes the links of the asset `id`, a neighbour in the list. Does nothing if `id` is `undefined`. */
function link(state: State, id: number | undefined, links: Partial<Pick<Asset, "older" | "newer">>): void {
  if (id !== undefined) assetsById.set(state, { ...assetsById.require(state, id), ...links }, id);
}

type Metadata = AnswerOf<RequestOf<typeof assetsInterface, "Metadata">>["metadata"][number];

function* fromNewest(state: StateView, start: number | undefined): Generator<Metadata> {
  for (let id = start; id !== undefined; ) {
    const { owner, supply, symbol, older } = assetsById.require(state, id);
    yield { id, owner, symbol, total_supply: supply };
    id = older;
  }
}
