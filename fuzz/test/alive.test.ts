import { ProtocolError } from "@pruntime/core/errors";
import { describe, expect, it } from "vitest";
import { judge } from "../check.ts";
import { loadTarget, readCorpus, targetNames } from "../corpus.ts";
import { fuzz } from "../engine.ts";
import { mutate } from "../mutate.ts";
import { Prng } from "../random.ts";
import { Broken, type Target } from "../target.ts";

const iterations = 128;

describe.each(targetNames())("fuzz target %s", (name) => {
  it("accepts the genuine inputs in its corpus, and has no finding in a few more", async () => {
    const target = await loadTarget(name);
    const corpus = readCorpus(name);
    const refused = [...corpus].filter(([, input]) => judge(target, input).outcome !== "accepted");
    expect(refused.map(([input]) => input)).toEqual([]);
    // Times on a shared machine are not reliable, so only `npm run fuzz` checks them.
    const { findings } = fuzz(name, target, [...corpus.values()], {
      seed: 1,
      maxIterations: iterations,
      guided: false,
    });
    expect(findings.filter(({ kind }) => kind !== "slow")).toEqual([]);
  });
});

describe("the engine", () => {
  const run = (target: Target["run"], options: { readonly maxIterations?: number } = {}) =>
    fuzz("made up", { run: target, genuine: () => ({}) }, [new Uint8Array(40)], {
      seed: 1,
      maxIterations: 256,
      guided: false,
      ...options,
    });
  const kinds = (target: Target["run"]) => new Set(run(target).findings.map(({ kind }) => kind));
  const refusal = () => {
    throw new ProtocolError({ code: "made/up" });
  };

  it("treats coded refusals as answers", () => {
    const { findings, outcomes } = run((input) => (input.length === 40 ? input.length : refusal()));
    expect(findings).toEqual([]);
    expect([...outcomes.keys()].sort()).toEqual(["accepted", "made/up"]);
  });

  it("reports errors without a code, once for each place that throws", () => {
    const { findings } = run((input) => {
      if (input.length !== 40) throw new RangeError("no code");
      return 0;
    });
    expect(findings.map(({ kind }) => kind)).toEqual(["uncoded"]);
  });

  it("reports a property of the target that does not hold", () => {
    const longer = (input: Uint8Array) => {
      if (input.length > 40) throw new Broken("longer than the genuine one");
      return 0;
    };
    expect(kinds(longer)).toEqual(new Set(["broken"]));
  });

  it("reports answers that differ between runs or between positions of the bytes", () => {
    let calls = 0;
    expect(kinds(() => calls++)).toContain("unsteady");
    expect(kinds((input) => new Uint8Array(input.buffer)[0])).toContain("unsteady");
  });

  it("reports a target that writes to its input", () => {
    expect(kinds((input) => input.fill(1).length)).toContain("changed-input");
  });

  it("reports small inputs that need much memory", () => {
    // Keeps every array. Otherwise a garbage collection can free as much as the target allocates.
    const kept: Uint8Array[] = [];
    const hungry = (input: Uint8Array) => input.length < 20 && kept.push(new Uint8Array(1 << 24)) > 0;
    expect(new Set(run(hungry, { maxIterations: 64 }).findings.map(({ kind }) => kind))).toContain("hungry");
  }, 120_000);

  it("makes the same inputs from the same seed", () => {
    const made = (seed: number) => {
      const random = new Prng(seed, "made up");
      return Array.from({ length: 50 }, () =>
        mutate(random, { corpus: [new Uint8Array(9)], words: ["a"], maxLength: 64 }).join(),
      );
    };
    expect(made(1)).toEqual(made(1));
    expect(made(1)).not.toEqual(made(2));
  });
});
