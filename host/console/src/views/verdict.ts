/** The verdict about the worker, in one line and one sentence. */

import type { Freshness } from "../session/freshness.ts";
import type { Contact } from "../session/session.ts";
import type { Trust } from "../session/trust.ts";

/** What the verdict follows from. */
export interface VerdictFacts {
  readonly contact: Contact;
  readonly freshness: Freshness;
  /** The kind of the verified evidence; `undefined` before a worker was verified. */
  readonly kind: string | undefined;
  /** The source of policy and anchor; `undefined` before a worker was verified. */
  readonly from: Trust["from"] | undefined;
}

/** The judgement that the page shows first. `reason` may quote another party. */
export interface Verdict {
  readonly tone: "good" | "quiet" | "warn" | "bad";
  readonly title: string;
  readonly reason: string;
}

/** Decides the verdict. Simulated evidence, and a page from the worker's own host, are never "Verified". */
export function verdictOf({ contact, freshness, kind, from }: VerdictFacts): Verdict {
  if (contact.kind === "refused") return { tone: "bad", title: "Refused", reason: contact.reason };
  if (kind === undefined) return withoutWorker(contact);
  const doubt = doubtAbout(contact, freshness);
  if (doubt !== undefined) return { tone: "warn", ...doubt };
  if (kind === "simulated")
    return {
      tone: "warn",
      title: "Simulated: protects nothing",
      reason:
        "This worker does not run in a TEE. All checks pass, but anyone can make its evidence, and its " +
        "machine can read everything.",
    };
  if (from !== "own-machine")
    return {
      tone: "quiet",
      title: "Checks pass, but this page came from the worker itself",
      reason:
        "A host that lies about its worker can also serve a page that lies. For a verdict of your own, run " +
        "`pruntime page --worker URL` on your machine.",
    };
  return {
    tone: "good",
    title: "Verified",
    reason: "Your own machine served this page, and the worker's evidence satisfies your policy.",
  };
}

function withoutWorker(contact: Contact): Verdict {
  switch (contact.kind) {
    case "asking":
      return {
        tone: "quiet",
        title: "Which worker do you trust?",
        reason: "This page needs a policy and an anchor before it can judge the worker.",
      };
    case "waiting":
      return {
        tone: "warn",
        title: "The worker has no chain yet",
        reason: "Start a relay, or run `pruntime init`. This page goes on by itself.",
      };
    case "catching-up":
      return { tone: "warn", title: "The worker is catching up", reason: catchingUp };
    case "offline":
      return { tone: "bad", title: "The worker does not answer", reason: contact.reason };
    default:
      return { tone: "quiet", title: "Checking the worker…", reason: "This browser verifies its evidence." };
  }
}

const catchingUp =
  "The worker has started again. It answers once it has synced to the highest block that it once knew as " +
  "final.";

function doubtAbout(
  contact: Contact,
  { kind, ageMs }: Freshness,
): { readonly title: string; readonly reason: string } | undefined {
  if (contact.kind === "catching-up" || contact.kind === "waiting")
    return { title: "The worker is catching up", reason: catchingUp };
  if (kind === "locked" || kind === "amber")
    return {
      title: "Out of date",
      reason:
        `The latest block that this page verified is ${Math.round((ageMs ?? 0) / 1_000)} s old. ` +
        (kind === "locked" ? "Nothing is sealed until a newer block comes. " : "") +
        "Check that the worker's relay runs and that the chain makes blocks.",
    };
  if (contact.kind === "offline") return { title: "The worker does not answer", reason: contact.reason };
  return undefined;
}
