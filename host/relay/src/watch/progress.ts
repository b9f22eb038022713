/** Reports the worker's progress, with one line for each batch. */
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
  /** A failure of a node or of the worker, after which the relay tries again. */
  readonly trouble: (text: string) => void;
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
    trouble: write,
    end: () => undefined,
  };
}

/** Formats the positions of node and worker as one line. */
export function statusLine({ node, target, finalized, dispatched }: Position): string {
  const behind = target - dispatched;
  const left = behind > 0 ? `, ${behind} to go` : "";
  return `${node} at ${target}, finality verified to ${finalized}, dispatched to ${dispatched}${left}`;
}

/** Progress reports that write nothing. */
export const silentProgress: Progress = lineProgress(() => undefined);
