/** A signal that a caller can wait for. A signal that comes before the caller waits is not lost. */
export class Bell {
  /** Settles at the first {@link ring} after the last {@link reset}. */
  rung: Promise<void> = Promise.resolve();
  ring: () => void = () => undefined;

  /** Discards earlier rings. `rung` is then pending. */
  reset(): void {
    this.rung = new Promise((resolve) => {
      this.ring = resolve;
    });
  }
}
