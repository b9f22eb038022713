/**
 * Collects bytes that arrive in pieces, up to a limit. The memory in use is at most three times the bytes
 * that arrived, even if each piece is one byte.
 */
export class BoundedBytes {
  readonly #limit: number;
  #bytes: Uint8Array = new Uint8Array();
  #length = 0;

  /** @param limit the greatest number of bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a piece. If the piece exceeds the limit, returns `false` and adds nothing. */
  add(piece: Uint8Array): boolean {
    const length = this.#length + piece.length;
    if (length > this.#limit) return false;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    return true;
  }

  /** The bytes that were added so far. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.min(this.#limit, Math.max(length, 2 * this.#bytes.length)));
    grown.set(this.bytes());
    this.#bytes = grown;
  }
}
