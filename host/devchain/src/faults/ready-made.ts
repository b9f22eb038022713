/** Ready-made faults by name. Make a new fault for each use, because some faults count requests. */

import { portableCrypto } from "@pruntime/core/crypto";
import { type Justification, precommitMessage } from "@pruntime/core/grandpa";
import { Validators } from "../consensus/authorities.ts";
import type { Faults } from "./faults.ts";

/** Functions that make {@link Faults}. Heights are block numbers. */
export const faults = {
  /** The first vote of each justification has an invalid signature. */
  wrongSignature: (): Faults => ({
    justification: (genuine) => ({
      ...genuine,
      precommits: genuine.precommits.map((vote, i) =>
        i === 0 ? { ...vote, signature: flipped(vote.signature) } : vote,
      ),
    }),
  }),
  /**
   * Justifications lack their last `count` votes. Four validators of equal weight tolerate one missing vote.
   */
  missingVotes: (count: number): Faults => ({
    justification: (genuine) =>
      withVotes(genuine, genuine.precommits.slice(0, Math.max(0, genuine.precommits.length - count))),
  }),
  /** In each justification, the first voter's vote appears twice and replaces the last voter's vote. */
  repeatedVote: (): Faults => ({
    justification: (genuine) =>
      withVotes(genuine, [...genuine.precommits.slice(0, -1), ...genuine.precommits.slice(0, 1)]),
  }),
  /** Votes have valid signatures, but for the next authority set. */
  wrongSetId: (): Faults => ({
    justification: (genuine, { setId }) => resigned(genuine, genuine.round, setId + 1n),
  }),
  /** Each justification states a later round than the round for which its votes are signed. */
  wrongRound: (): Faults => ({ justification: (genuine) => ({ ...genuine, round: genuine.round + 1n }) }),
  /** The last node of each read proof has a bit flipped. */
  forgedProof: (): Faults => ({
    readProof: (genuine) => genuine.map((node, i) => (i === genuine.length - 1 ? flipped(node) : node)),
  }),
  /** Read proofs lack their last node. */
  incompleteProof: (): Faults => ({ readProof: (genuine) => genuine.slice(0, -1) }),
  /** The node claims not to know the block at this height. */
  withheldBlock: (height: number): Faults => ({ withholds: (number) => number === height }),
  /** The node reports no blocks above this height. */
  staleNode: (height: number): Faults => ({ staleAt: () => height }),
  /** A method's result is the hex of this many zero bytes. */
  hugeResponse: (method: string, bytes: number): Faults => ({
    result: (name, genuine) => (name === method ? `0x${"00".repeat(bytes)}` : genuine),
  }),
  /** Requests for a method are delayed by this many milliseconds; `*` means any method. */
  slow: (method: string, ms: number): Faults => ({
    delayMs: (name) => (method === "*" || name === method ? ms : 0),
  }),
  /** The node refuses each `every`-th request, as public nodes do when they receive too many requests. */
  rateLimited: (every: number): Faults => {
    let count = 0;
    return {
      refuses: () => (++count % every === 0 ? { code: -32029, message: "Too Many Requests" } : undefined),
    };
  },
} as const;

function withVotes(genuine: Justification, precommits: Justification["precommits"]): Justification {
  return { ...genuine, precommits };
}

/** Signs the same votes again, for the given round and set. */
function resigned(genuine: Justification, round: bigint, setId: bigint): Justification {
  const validators = new Validators(portableCrypto);
  const precommits = genuine.precommits.map((vote) => {
    const { targetHash, targetNumber, id } = vote;
    return {
      ...vote,
      signature:
        validators.sign(id, precommitMessage(targetHash, targetNumber, round, setId)) ?? vote.signature,
    };
  });
  return { ...genuine, round, precommits };
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
}

/** The type of a fault's argument. */
type Argument = "number" | "text";

const withArguments: Readonly<Record<keyof typeof faults, readonly Argument[]>> = {
  wrongSignature: [],
  missingVotes: ["number"],
  repeatedVote: [],
  wrongSetId: [],
  wrongRound: [],
  forgedProof: [],
  incompleteProof: [],
  withheldBlock: ["number"],
  staleNode: ["number"],
  hugeResponse: ["text", "number"],
  slow: ["text", "number"],
  rateLimited: ["number"],
};

/** The argument types of the fault with this name; `undefined` if there is no such fault. */
export function argumentsOf(name: string): readonly Argument[] | undefined {
  return Object.hasOwn(withArguments, name) ? withArguments[name as keyof typeof faults] : undefined;
}

/** Makes a fault from its name and the arguments that {@link argumentsOf} lists. */
export function faultNamed(name: string, args: readonly unknown[]): Faults {
  return (faults[name as keyof typeof faults] as (...args: readonly unknown[]) => Faults)(...args);
}
