import type { Faults } from "./faults.ts";

/** A node's current faults: the faults from its options, and the faults that were switched on by name. */
export class FaultSwitch {
  readonly #given: Faults;
  readonly #named = new Map<string, Faults>();
  #now: Faults;

  constructor(given: Faults) {
    this.#given = given;
    this.#now = given;
  }

  get now(): Faults {
    return this.#now;
  }

  /** Switches a fault on or off. A fault replaces an earlier fault with the same name. */
  set(name: string, fault: Faults | undefined): void {
    if (fault === undefined) this.#named.delete(name);
    else this.#named.set(name, fault);
    this.#now = this.#named.size === 0 ? this.#given : combined([this.#given, ...this.#named.values()]);
  }

  clear(): void {
    this.#named.clear();
    this.#now = this.#given;
  }
}

/** Combines faults. A hook that replaces a value receives the result of the earlier hooks. */
function combined(faults: readonly Faults[]): Faults {
  const forgers = faults.flatMap(({ justification }) => justification ?? []);
  const provers = faults.flatMap(({ readProof }) => readProof ?? []);
  const answerers = faults.flatMap(({ result }) => result ?? []);
  const forged: Faults = {
    justification: (genuine, block) => forgers.reduce((so, forge) => forge(so, block), genuine),
  };
  return {
    ...(forgers.length === 0 ? {} : forged),
    readProof: (genuine, at) => provers.reduce((so, prove) => prove(so, at), genuine),
    result: (method, genuine) => answerers.reduce((so, answer) => answer(method, so), genuine),
    withholds: (number) => faults.some(({ withholds }) => withholds?.(number) === true),
    staleAt: () => lowest(faults.map(({ staleAt }) => staleAt?.())),
    delayMs: (method) => Math.max(...faults.map(({ delayMs }) => delayMs?.(method) ?? 0)),
    refuses: (method) =>
      faults.map(({ refuses }) => refuses?.(method)).find((refusal) => refusal !== undefined),
  };
}

function lowest(heights: readonly (number | undefined)[]): number | undefined {
  const known = heights.filter((height) => height !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
