export async function later(): Promise<void> {
  await Promise.resolve();
}
