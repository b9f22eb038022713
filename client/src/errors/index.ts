/**
 * Sentences about errors, for people: what happened, and what to do. It is an entry of its own, so that a
 * page can load the sentences when the first error comes.
 */
export * from "./describe.ts";
