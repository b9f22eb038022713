import { describe, expect, it } from "vitest";
import { type Dated, DatedCache } from "../../src/evidence/cache.ts";

const limits = { maxKeys: 2, maxAgeMs: 1_000, failureMs: 50 };

function cache() {
  const clock = { ms: 0 };
  const loads: string[] = [];
  const dated = new DatedCache<string>(limits, () => clock.ms);
  const get = (key: string, untilMs = 100) =>
    dated.get(key, async () => {
      loads.push(key);
      return { value: `${key}${loads.length}`, untilMs };
    });
  return { clock, loads, dated, get };
}

describe("DatedCache", () => {
  it("loads again when the value has expired, and not before", async () => {
    const { clock, get } = cache();
    expect([await get("a"), await get("a")]).toEqual(["a1", "a1"]);
    clock.ms = 99;
    expect(await get("a")).toBe("a1");
    clock.ms = 100;
    expect(await get("a")).toBe("a2");
  });

  it("limits an expiry far in the future", async () => {
    const { clock, get } = cache();
    await get("a", Number.MAX_SAFE_INTEGER);
    clock.ms = 1_000;
    expect(await get("a")).toBe("a2");
  });

  it("loads again at once if the loaded value has already expired", async () => {
    const { get } = cache();
    expect([await get("a", 0), await get("a", 0)]).toEqual(["a1", "a2"]);
  });

  it("loads once for concurrent callers", async () => {
    const { loads, get } = cache();
    expect(await Promise.all([get("a"), get("a"), get("b")])).toEqual(["a1", "a1", "b2"]);
    expect(loads).toEqual(["a", "b"]);
  });

  it("evicts the least recently used value", async () => {
    const { loads, get } = cache();
    for (const key of ["a", "b", "a", "c", "a", "b"]) await get(key);
    expect(loads).toEqual(["a", "b", "c", "b"]);
  });

  it("caches a failure for a while, for all callers", async () => {
    const { clock, dated, get } = cache();
    let asked = 0;
    const fails = (): Promise<Dated<string>> => {
      asked++;
      return Promise.reject(new TypeError("no"));
    };
    await expect(Promise.all([dated.get("a", fails), dated.get("a", fails)])).rejects.toThrow("no");
    await expect(dated.get("a", fails)).rejects.toThrow("no");
    expect(asked).toBe(1);
    clock.ms = 50;
    expect(await get("a", 200)).toBe("a1");
  });
});
