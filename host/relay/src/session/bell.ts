/** A signal that can be waited for, and that is not lost when it comes before anything waits. */
export class Bell {
  /** Settles at the first {@link ring} after the last {@link reset}. */
  rung: Promise<void> = Promise.resolve();
  ring: () => void = () => undefined;

  /** Discards earlier rings: `rung` is pending from here on. */
  reset(): void {
    this.rung = new Promise((resolve) => {
      this.ring = resolve;
    });
  }
}
