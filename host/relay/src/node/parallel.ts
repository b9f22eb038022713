/**
 * Runs `task` over all items, at most `width` at a time. Results are in the order of the items. If a task
 * fails, other tasks continue. When no task is running, one of the failures is thrown.
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
