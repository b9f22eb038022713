import { describe, expect, it } from "vitest";
import { Recent } from "../../src/state/recent.ts";

describe("recent values", () => {
  it("stay while they are used, and otherwise leave when others need the room", () => {
    const recent = new Recent<number>(20);
    recent.put("used", 1, 1);
    recent.put("unused", 2, 1);
    for (let i = 0; i < 100; i++) {
      recent.put(`other ${i}`, i, 1);
      expect(recent.get("used")).toBe(1);
    }
    expect(recent.get("unused")).toBeUndefined();
    const held = Array.from({ length: 100 }, (_, i) => recent.get(`other ${i}`)).filter(
      (v) => v !== undefined,
    );
    expect(held.length).toBeGreaterThan(5);
    expect(held.length).toBeLessThanOrEqual(20);
  });

  it("are replaced, with the room that they need", () => {
    const recent = new Recent<number>(20);
    recent.put("kept", 1, 1);
    for (let i = 0; i < 100; i++) recent.put("replaced", i, 9);
    expect([recent.get("kept"), recent.get("replaced")]).toEqual([1, 99]);
  });
});
