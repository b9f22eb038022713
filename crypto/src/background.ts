/**
 * Verifies votes on the threads of libuv, which Node starts without `--allow-worker`. They run OpenSSL's code
 * and no JavaScript, so they widen no permission.
 */
import { verify as opensslVerify } from "node:crypto";
import type { SignedMessage } from "@pruntime/core/crypto";
import { type FastVerify, type FastVerifyAll, opensslKey, sequentially, wellFormed } from "./ed25519.ts";

/**
 * The smallest batch that is verified in the background. The calling thread finishes a smaller batch before
 * it is woken.
 */
const leastInBackground = 16;

/**
 * The votes that are sent to the threads together. While the caller waits for one window, the threads already
 * have the next.
 */
const windowVotes = 64;

/**
 * Verifies items with OpenSSL on other threads. Yields a promise before the verdicts of each window. If the
 * caller requests the next verdict before the promise has settled, the caller does not wait, and `fast`
 * verifies the rest of the batch in the calling thread.
 * @param fast gives the verdict for each item that a thread could not judge
 */
export function inBackground(fast: FastVerify): FastVerifyAll {
  return function* (items) {
    let next = items.length < leastInBackground ? undefined : begin(items.slice(0, windowVotes));
    let first = 0;
    for (; next !== undefined; first += windowVotes) {
      const { done, verdicts } = next;
      const end = first + windowVotes;
      next = end < items.length ? begin(items.slice(end, end + windowVotes)) : undefined;
      yield done;
      if (verdicts.includes(undefined)) break;
      for (const verdict of verdicts) yield verdict as boolean;
    }
    yield* sequentially(fast)(items.slice(first));
  };
}

interface Window {
  /** Settles when no thread works on the window any more. It never rejects. */
  readonly done: Promise<void>;
  /** One place for each item, `undefined` until a thread has judged the item. */
  readonly verdicts: readonly (boolean | undefined)[];
}

function begin(items: readonly SignedMessage[]): Window {
  const verdicts = new Array<boolean | undefined>(items.length).fill(undefined);
  const done = Promise.all(
    items.map(async (item, i) => {
      verdicts[i] = wellFormed(item) ? await onAnotherThread(item) : false;
    }),
  );
  return { done: done.then(() => undefined), verdicts };
}

/** Returns whether OpenSSL accepts the item; `undefined` if it cannot judge. Node copies the bytes first. */
function onAnotherThread({ publicKey, message, signature }: SignedMessage): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    opensslVerify(null, message, opensslKey(publicKey), signature, (error, accepted) =>
      resolve(error === null ? accepted : undefined),
    );
  });
}
