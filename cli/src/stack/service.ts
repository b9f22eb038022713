/** Services of the stack, and the signals that end them. */
import { note } from "../terminal/output.ts";
import { type Announcement, announce } from "./run-files.ts";

/** A running service. */
export interface Service {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The services of one process. */
export interface RunningServices extends Pick<Announcement, "command" | "addresses"> {
  readonly dataDir: string;
  /** Rejects or resolves if the services end by themselves. */
  readonly ended?: Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * How long the services of a process may take to end after a signal.
 * @limit ms
 * @source chosen
 * @past the process ends without them, and its enclave with it: calls that were not answered are lost
 */
const closeTimeoutMs = 2_000;

/**
 * Announces the process in its data folder, calls `ready`, and waits until a signal arrives or the services
 * end. Then closes the services.
 * @throws CliError `cli/bad-file`; what `ended` rejects with
 */
export async function untilInterrupted(services: RunningServices, ready: () => void): Promise<void> {
  const { dataDir, command, addresses, ended, close } = services;
  const withdraw = announce(dataDir, command, addresses);
  const signal = interrupted();
  try {
    ready();
    await Promise.race([signal, ...(ended === undefined ? [] : [ended])]);
  } finally {
    const cut = setTimeout(endNow, closeTimeoutMs);
    await close().finally(withdraw);
    cut.unref(); // it still ends a process that something else keeps alive
  }
}

function endNow(): void {
  note("some parts did not end in time");
  process.exit(1);
}

/** Resolves at the first SIGINT or SIGTERM. If the same signal arrives again, the process ends at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const earlier = process.listeners(signal);
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        note("stopping…");
        resolve();
      });
      // Process 1 listens from its start. It must not be without a listener at any time.
      for (const listener of earlier) process.off(signal, listener);
    }
  });
}
