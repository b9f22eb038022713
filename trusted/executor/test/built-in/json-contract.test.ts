import { describe, expect, it } from "vitest";
import { balances as makeBalances } from "../../src/built-in/balances.ts";
import { Overlay, stateOf } from "../../src/state/overlay.ts";
import { alice } from "../kit.ts";

describe("a contract that reads JSON", () => {
  const balances = makeBalances(undefined);
  const state = stateOf(new Overlay(new Map()), balances.id);
  const context = { block: { number: 1, timeMs: 0n }, index: 0, sender: alice, txHash: new Uint8Array(32) };
  const noBytes = undefined as unknown as Uint8Array;

  it("does not blame a command for a bug in its reader", () =>
    expect(() => balances.command(context, state, noBytes)).toThrow(TypeError));

  it("does not blame a request for a bug in its reader", () =>
    expect(() => balances.query({ origin: alice }, state, noBytes)).toThrow(TypeError));
});
