import { decodeJustification, encodeJustification } from "@pruntime/core/grandpa";
import type { Faults } from "../faults.ts";
import type { Block } from "../types.ts";
import type { Validators } from "./authorities.ts";
import { justify } from "./grandpa.ts";

/** Justifications of finalized blocks: genuine ones are made anew when asked for, forged ones are kept as they were first made. */
export class Justifications {
  readonly #validators: Validators;
  readonly #forge: Faults["justification"];
  readonly #forged = new Map<number, Uint8Array>();

  constructor(validators: Validators, faults: Faults) {
    this.#validators = validators;
    this.#forge = faults.justification;
  }

  /** @param round counts the finalized blocks of the set */
  of(block: Block, round: bigint): Uint8Array {
    if (this.#forge === undefined) return justify(this.#validators, block, round);
    const { number } = block.header;
    const known = this.#forged.get(number);
    if (known !== undefined) return known;
    const forged = encodeJustification(this.#forge(decodeJustification(justify(this.#validators, block, round)), block));
    this.#forged.set(number, forged);
    return forged;
  }
}
