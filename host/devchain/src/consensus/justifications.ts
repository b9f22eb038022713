import { decodeJustification, encodeJustification } from "@pruntime/core/grandpa";
import type { Block } from "../block.ts";
import type { Faults } from "../faults/faults.ts";
import type { Validators } from "./authorities.ts";
import { justify } from "./grandpa.ts";

/**
 * Justifications of finalized blocks. A genuine justification without votes ahead is made again for each
 * request. Any other justification is stored.
 */
export class Justifications {
  readonly #validators: Validators;
  readonly #faults: () => Faults;
  readonly #kept = new Map<number, Uint8Array>();

  constructor(validators: Validators, faults: () => Faults) {
    this.#validators = validators;
    this.#faults = faults;
  }

  /**
   * Returns the justification of a block.
   * @param round the GRANDPA round, as `Blocks.roundOf` computes it
   * @param ahead later blocks for which some votes are cast
   */
  of(block: Block, round: bigint, ahead: readonly Block[]): Uint8Array {
    const { justification: forge } = this.#faults();
    if (forge === undefined && ahead.length === 0) return justify(this.#validators, block, round, ahead);
    const { number } = block.header;
    const known = this.#kept.get(number);
    if (known !== undefined) return known;
    const genuine = justify(this.#validators, block, round, ahead);
    const kept =
      forge === undefined ? genuine : encodeJustification(forge(decodeJustification(genuine), block));
    this.#kept.set(number, kept);
    return kept;
  }

  /** Removes all stored justifications, so that the next request makes them with the current faults. */
  forget(): void {
    this.#kept.clear();
  }
}
