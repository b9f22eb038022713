/**
 * Work that runs in slices. Long work is a generator that pauses after a bounded number of steps. The trusted
 * code counts steps, because it has no clock. The caller of the generator has a clock, and decides how long a
 * slice lasts and what runs between two slices.
 */

/**
 * Work that yields at each point where it may pause, and returns its result. If other threads do a part, it
 * yields a promise, which settles when the part is done and never rejects. The result is the same, and only
 * comes later, if the caller goes on without waiting.
 */
export type Work<T> = Generator<Promise<void> | undefined, T, void>;

/**
 * What one unit of work reads of bytes or of a text, if the time of the work depends on that alone.
 * @limit bytes or UTF-16 units
 * @source chosen: one unit is shorter than a slice, even while the engine has not compiled its code yet
 * @past the work pauses, and a query may run
 */
export const bytesPerUnit: number = 1 << 14;

/** No work. */
export function* nothing(): Work<void> {}

/** Runs work to its end without a pause. */
export function complete<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Calls `visit` with each item, and pauses after every `perUnit` items. */
export function* forEach<T>(items: Iterable<T>, perUnit: number, visit: (item: T) => void): Work<void> {
  let left = perUnit;
  for (const item of items) {
    visit(item);
    if (--left > 0) continue;
    yield;
    left = perUnit;
  }
}

/** Maps each item, and pauses after every `perUnit` items. */
export function* mapEach<T, U>(items: Iterable<T>, perUnit: number, map: (item: T) => U): Work<U[]> {
  const mapped: U[] = [];
  yield* forEach(items, perUnit, (item) => {
    mapped.push(map(item));
  });
  return mapped;
}
