/**
 * Contract 3, assets that anybody may issue.
 * - An id is never given twice, also when its asset was destroyed (2020 gave the last one again, with whatever referred to it).
 * - A symbol is 1 to 16 characters of `[A-Za-z0-9._-]`, first of them a letter or digit, and unique without regard to case: no look-alikes by
 *   case, script or length. First come, first served, as in 2020; destroying the asset frees its symbol. So a symbol is a label that may be
 *   squatted; an asset is identified by its id.
 * - The owner may destroy an asset whoever holds it, as in 2020. Balances of it are then unreachable for good.
 * - Living assets are a list linked through their entries, so that no list has to be rewritten and no gap has to be walked.
 */
import { fromHex, fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { jsonHex, jsonObject, jsonString, jsonU32, jsonU128Text, jsonVariant } from "@pruntime/core/json";
import {
  account,
  genesisAccountHex,
  genesisSupply,
  isOrigin,
  notAuthorized,
  otherError,
} from "../account.ts";
import { Cell, u32, u128 } from "../cell.ts";
import type { Contract } from "../contract.ts";
import { Ledger } from "../ledger.ts";
import type { State, StateView } from "../state.ts";
import type { Status } from "../status.ts";
import { newestPage, readPage, unitAsPage } from "./page.ts";

interface Asset {
  readonly owner: Uint8Array;
  readonly supply: bigint;
  readonly symbol: string;
  /** The living asset issued before, and after, this one. */
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

const readCommand = jsonVariant({
  Issue: jsonObject({ symbol: jsonString(), total: jsonU128Text }, "ignored"),
  Destroy: jsonObject({ id: jsonU32 }, "ignored"),
  Transfer: jsonObject({ id: jsonU32, dest: jsonHex(32), value: jsonU128Text }, "ignored"),
});
const readRequest = jsonVariant({
  Balance: jsonObject({ id: jsonU32, account: jsonHex(32) }, "ignored"),
  TotalSupply: jsonObject({ id: jsonU32 }, "ignored"),
  Metadata: readPage,
});

const symbolForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$/;

export const assets: Contract = {
  id: 3,
  name: "Assets",
  cells: [assetsById, idsBySymbol, nextId, newestId, holdings],
  genesis: (state) => void issue(state, fromHex(genesisAccountHex), "TTT", genesisSupply),
  command: ({ sender }, state, json) => {
    const command = readCommand(json, "");
    switch (command.kind) {
      case "Issue":
        return issue(state, sender, command.value.symbol, command.value.total);
      case "Destroy":
        return destroy(state, sender, command.value.id);
      case "Transfer": {
        const { id, dest, value } = command.value;
        return assetsById.get(state, id)
          ? new Ledger(holdings, id).transfer(state, sender, dest, value)
          : "AssetIdNotFound";
      }
    }
  },
  /** A balance is told to its owner only; what was issued by whom is public. */
  query: ({ origin }, state, json) => {
    const request = readRequest(unitAsPage(json), "");
    switch (request.kind) {
      case "Balance": {
        const { id, account } = request.value;
        if (!isOrigin(origin, account)) return notAuthorized;
        if (assetsById.get(state, id) === undefined) return otherError("Asset not found");
        return { Balance: { balance: String(new Ledger(holdings, id).get(state, account) ?? 0n) } };
      }
      case "TotalSupply": {
        const asset = assetsById.get(state, request.value.id);
        return asset
          ? { TotalSupply: { total_issuance: String(asset.supply) } }
          : otherError("Asset not found");
      }
      case "Metadata": {
        const { before } = request.value;
        const start = before === undefined ? newestId.get(state) : assetsById.get(state, before)?.older;
        return { Metadata: { metadata: newestPage(fromNewest(state, start), () => 0).map(metadata) } };
      }
    }
  },
};

function issue(state: State, owner: Uint8Array, symbol: string, supply: bigint): Status {
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

function destroy(state: State, sender: Uint8Array, id: number): Status {
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

/** Changes the links of a neighbour, if there is one. */
function link(state: State, id: number | undefined, links: Partial<Pick<Asset, "older" | "newer">>): void {
  if (id !== undefined) assetsById.set(state, { ...assetsById.require(state, id), ...links }, id);
}

type Listed = readonly [id: number, asset: Asset];

function* fromNewest(state: StateView, start: number | undefined): Generator<Listed> {
  for (let id = start; id !== undefined; ) {
    const asset = assetsById.require(state, id);
    yield [id, asset];
    id = asset.older;
  }
}

function metadata([id, { owner, supply, symbol }]: Listed): {
  owner: string;
  total_supply: string;
  symbol: string;
  id: number;
} {
  return { owner: toHex(owner), total_supply: String(supply), symbol, id };
}
