/** Divides the gateway's own work among callers: reading, parsing and refusing their requests. */
import { FairQueue, type Waiting } from "../shares/fair-queue.ts";
import type { Principal, RecentUse } from "../shares/recent-use.ts";

/** What one turn costs its caller, in milliseconds: about the gateway's time for one request (measured). */
const turnMs = 1;
/**
 * The connections that are accepted before a turn is taken. The kernel hands connections out in the order in
 * which they came, so a newcomer's may come after many others.
 * @limit connections
 * @source chosen: several connections are accepted in the time of one turn
 * @past one turn is taken before further connections are accepted
 */
const mostAccepted = 16;

interface Piece extends Waiting {
  readonly run: () => void;
}

const noBody = new Uint8Array();
/** The callers that wait are bounded by the server's connections. */
const unlimited = { calls: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/**
 * Gives callers turns, one in each turn of the event loop. So the process also accepts connections and passes
 * on the enclave's replies after every turn, and a newcomer's request is read after at most one other.
 */
export class Turns {
  readonly #use: RecentUse;
  readonly #queue: FairQueue<Piece>;
  readonly #later: (run: () => void) => void;
  #running = false;
  /** The connections that were accepted since the last turn, and whether any since the turn was put off. */
  #accepted = 0;
  #accepting = false;

  /** `later` runs a function in the next turn of the event loop. Default: `setImmediate`. */
  constructor(use: RecentUse, later: (run: () => void) => void = setImmediate) {
    this.#use = use;
    this.#queue = new FairQueue(unlimited, use, () => undefined);
    this.#later = later;
  }

  /** Finds what the table of uses knows about networks. The widest comes first. */
  principalsOf(networks: readonly string[]): readonly Principal[] {
    return networks.map((network) => this.#use.principal(network));
  }

  /** Runs a piece of work when it is its caller's turn. Returns a function that withdraws it. */
  wait(principals: readonly Principal[], run: () => void): () => void {
    const piece = { principals, body: noBody, run };
    this.#queue.push(piece);
    if (!this.#running) this.#later(this.#next);
    this.#running = true;
    return () => void this.#queue.remove(piece);
  }

  /** Puts the next turn off, because a connection was accepted and more may wait. */
  accepted(): void {
    this.#accepting = true;
  }

  readonly #next = (): void => {
    this.#running = this.#queue.size > 0;
    if (!this.#running) return;
    this.#later(this.#next);
    if (this.#accepting && ++this.#accepted < mostAccepted) {
      this.#accepting = false;
      return;
    }
    this.#accepted = 0;
    const piece = this.#queue.shift();
    if (piece === undefined) return;
    this.#queue.charge(piece, turnMs);
    piece.run();
  };
}
