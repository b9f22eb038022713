import { toBase64, toHex } from "@pruntime/core/bytes";
import { describe, expect } from "vitest";
import { recorded } from "../../test/support/fixtures.ts";
import { bodyInput, command, initialized, TinyChain } from "./support/chain.ts";
import { held, start } from "./support/enclave.ts";

const dataset = "/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG";
const query = "/ipfs/QmY6yj1GsermExDXoosVE3aSPxdMNYr6aKuw3nA8LoWPRS";

describe("DataPlaza's demonstration of 2019", () => {
  const it = recorded.extend(
    "file",
    ({ files }) =>
      (name: string) =>
        toBase64(files.bytes(`phala/2020-data-plaza/${name}`)),
  );
  const listing = {
    name: "phones",
    category: "demo",
    description: "",
    price: { PerRow: { price: "100" } },
    dataset_link: dataset,
    dataset_preview: "",
  };
  const chain = new TinyChain();
  chain.grow({ extrinsics: [command(1, { List: listing })] });
  chain.grow({ extrinsics: [command(1, { OpenOrder: { item_id: 0, query_link: query } })] });

  it("joins the files of an order, whichever file arrives first, and again after a restart", ({ file }) => {
    const roots = [0, 1, 2].map((filesBefore) => {
      const started = initialized(start(), chain);
      for (let block = 0; block <= 2; block++) {
        if (block === filesBefore) {
          started.call("set", { path: dataset, data: file("dataset.csv") });
          started.call("set", { path: query, data: file("query.csv") });
        }
        if (block < 2) started.call("sync_block", bodyInput(chain, block + 1));
      }
      expect(started.call("get", { path: "/order/0" }).payload).toEqual({
        path: "/order/0",
        value: file("expected-result.csv"),
      });
      const again = start({ store: started.store });
      for (const block of [1, 2]) again.call("sync_block", bodyInput(chain, block));
      expect(again.call("get", { path: "/order/0" }).payload.value).toBe(file("expected-result.csv"));
      expect(held(again)).toBe(held(started));
      return toHex(started.enclave.runtime.status()!.stateRoot);
    });
    expect(new Set(roots).size).toBe(1);
  });
});
