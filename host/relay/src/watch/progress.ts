/** Shows the worker's progress as a bar on a terminal, and as one line for each batch elsewhere. */
import { SingleBar } from "cli-progress";

/** The positions of node and worker. */
export interface Position {
  /** The URL of the followed node. */
  readonly node: string;
  /** The node's finalized head. */
  readonly target: number;
  readonly finalized: number;
  readonly dispatched: number;
}

/** Receives reports of the relay's actions. */
export interface Progress {
  readonly at: (position: Position) => void;
  readonly synced: (from: number, to: number) => void;
  /** The worker has accepted headers ahead of their proof. */
  readonly staged: (from: number, to: number) => void;
  readonly dispatched: (from: number, to: number) => void;
  readonly note: (text: string) => void;
  readonly end: () => void;
}

const statusEveryMs = 60_000;

/** Writes one line for each batch, and a line with all positions at most once a minute. */
export function lineProgress(write: (line: string) => void): Progress {
  let told = Date.now();
  return {
    at: (position) => {
      if (Date.now() - told < statusEveryMs) return;
      told = Date.now();
      write(statusLine(position));
    },
    synced: (from, to) => write(`headers ${from}..${to} accepted`),
    staged: (from, to) => write(`headers ${from}..${to} sent ahead of their proof`),
    dispatched: (from, to) => write(`blocks ${from}..${to} dispatched`),
    note: write,
    end: () => undefined,
  };
}

/** Formats the positions of node and worker as one line. */
export function statusLine({ node, target, finalized, dispatched }: Position): string {
  const behind = target - dispatched;
  const left = behind > 0 ? `, ${behind} to go` : "";
  return `${node} at ${target}, finality verified to ${finalized}, dispatched to ${dispatched}${left}`;
}

/** Shows a bar that is full when the worker has dispatched the node's latest finalized block. */
export function barProgress(stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar({
    format: "relay [{bar}] block {value} of {total}, finality verified to {finalized} | {node}",
    stream,
    hideCursor: null,
  });
  let started = false;
  return {
    at: ({ node, target, finalized, dispatched }) => {
      if (!started) bar.start(target, dispatched, { finalized, node });
      started = true;
      bar.setTotal(target);
      bar.update(dispatched, { finalized, node });
    },
    synced: () => undefined,
    staged: () => undefined,
    dispatched: () => undefined,
    note: (text) => {
      stream.write(`\n${text}\n`);
    },
    end: () => bar.stop(),
  };
}

/** Returns a bar for a terminal, and lines for any other stream. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress((line) => stream.write(`relay: ${line}\n`));
}

/** Progress reports that write nothing. */
export const silentProgress: Progress = lineProgress(() => undefined);
