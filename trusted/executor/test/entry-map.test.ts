import { describe, expect, it, onTestFinished, vi } from "vitest";
import { EntryMap } from "../src/state/entry-map.ts";

const value = (n: number) => Uint8Array.of(n);
const paths = (count: number) => Array.from({ length: count }, (_, i) => `path ${i}`);

/** Sets paths, and returns those that went into each map. */
function divided(map: EntryMap, among: readonly string[]): readonly (readonly string[])[] {
  const held = new Map<unknown, string[]>();
  const get = held.get.bind(held);
  const [put, list] = [Map.prototype.set.bind(held), (of: unknown) => get(of) ?? []];
  const set = vi.spyOn(Map.prototype, "set").mockImplementation(function (this: unknown, path) {
    put(this, [...list(this), path as string]);
    return this as Map<unknown, unknown>;
  });
  onTestFinished(() => set.mockRestore());
  for (const path of among) map.set(path, value(0));
  set.mockRestore();
  return [...held.values()];
}

describe("an entry map", () => {
  it("holds what was set last, and nothing that was deleted", () => {
    const map = new EntryMap(7);
    for (let i = 0; i < 5_000; i++) map.set(`path ${i}`, value(i));
    for (let i = 0; i < 5_000; i += 2) map.set(`path ${i}`, value(i + 1));
    for (let i = 0; i < 5_000; i += 5) map.delete(`path ${i}`);
    const left = Array.from({ length: 5_000 }, (_, i) => i).filter((i) => i % 5 !== 0);
    expect([...map.keys()].sort()).toEqual(left.map((i) => `path ${i}`).sort());
    expect(left.map((i) => map.get(`path ${i}`))).toEqual(left.map((i) => value(i % 2 === 0 ? i + 1 : i)));
    expect([map.get("path 0"), map.has("path 0"), map.has("path 1")]).toEqual([undefined, false, true]);
    map.clear();
    expect([...map.keys()]).toEqual([]);
  });

  it.each([0, 1, 0xffff_ffff])("divides its entries among small maps, with the seed %i", (seed) => {
    const sizes = divided(new EntryMap(seed), paths(20_000)).map(({ length }) => length);
    expect(Math.max(...sizes)).toBeLessThan(80);
  });

  it("divides the paths of one map among many maps under another seed", () => {
    const [together = []] = divided(new EntryMap(1), paths(100_000));
    expect(together.length).toBeGreaterThan(50);
    expect(divided(new EntryMap(1 + 2 ** 20), together).length).toBeGreaterThan(together.length / 2);
  });

  it("has an empty copy with the same seed", () => {
    const map = new EntryMap(7);
    map.set("path", value(1));
    const copy = map.emptyCopy();
    expect([...copy.keys()]).toEqual([]);
    expect(divided(copy, paths(1_000))).toEqual(divided(new EntryMap(7), paths(1_000)));
    expect(map.get("path")).toEqual(value(1));
  });
});
