/** Shows how far the worker has come: a bar on a terminal, one line a batch elsewhere. */
import { SingleBar } from "cli-progress";

/** Where node and worker stand. */
export interface Position {
  /** The node's finalized head. */
  readonly target: number;
  readonly finalized: number;
  readonly dispatched: number;
}

/** Hears what the relay does. */
export interface Progress {
  readonly at: (position: Position) => void;
  readonly synced: (from: number, to: number) => void;
  readonly dispatched: (from: number, to: number) => void;
  readonly note: (text: string) => void;
  readonly end: () => void;
}

/** One line a batch. */
export function lineProgress(write: (line: string) => void): Progress {
  return {
    at: () => undefined,
    synced: (from, to) => write(`headers ${from}..${to} accepted`),
    dispatched: (from, to) => write(`blocks ${from}..${to} dispatched`),
    note: write,
    end: () => undefined,
  };
}

/** A bar that is full when the worker has dispatched the node's last finalized block. */
export function barProgress(stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar({
    format: "relay [{bar}] block {value} of {total}, finality verified to {finalized}",
    stream,
    hideCursor: null,
  });
  let started = false;
  return {
    at: ({ target, finalized, dispatched }) => {
      if (!started) bar.start(target, dispatched, { finalized });
      started = true;
      bar.setTotal(target);
      bar.update(dispatched, { finalized });
    },
    synced: () => undefined,
    dispatched: () => undefined,
    note: (text) => {
      stream.write(`\n${text}\n`);
    },
    end: () => bar.stop(),
  };
}

/** Whichever suits the stream. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress((line) => stream.write(`relay: ${line}\n`));
}

/** Says nothing. */
export const silentProgress: Progress = lineProgress(() => undefined);
