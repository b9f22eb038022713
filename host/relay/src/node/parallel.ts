/**
 * Runs `task` over all items, at most `width` tasks at a time. Results are in the order of the items. If a
 * task fails, the other tasks continue, and a failure is thrown when no task is running any more.
 */
export async function inParallel<I, O>(
  items: readonly I[],
  width: number,
  task: (item: I) => Promise<O>,
): Promise<O[]> {
  const results: O[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await task(items[i] as I);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  for (const settled of lanes) if (settled.status === "rejected") throw settled.reason;
  return results;
}
