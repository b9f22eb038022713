/** A signal that a caller can wait for. A ring that comes before the caller waits is not lost. */
export class Bell {
  /** Settles at the first {@link ring} after the latest {@link reset}. */
  rung: Promise<void> = Promise.resolve();
  ring: () => void = () => undefined;

  /** Discards earlier rings, so that `rung` is pending again. */
  reset(): void {
    this.rung = new Promise((resolve) => {
      this.ring = resolve;
    });
  }
}
