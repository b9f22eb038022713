/**
 * How `pruntime policy` explains, lints and prints each section of a policy. The code compiles only if the
 * table has a row for every section.
 */
import type { Policy, Sections } from "@pruntime/core/attestation";
import { azureWords } from "./sections/azure.ts";
import { iasWords } from "./sections/ias.ts";
import { sgxWords } from "./sections/sgx.ts";
import { simulatedWords } from "./sections/simulated.ts";
import { snpWords } from "./sections/snp.ts";
import { tdxWords } from "./sections/tdx.ts";
import type { SectionWords } from "./sections/words.ts";

const words: { readonly [S in keyof Sections]: SectionWords<Sections[S]> } = {
  sgx: sgxWords,
  tdx: tdxWords,
  snp: snpWords,
  azure: azureWords,
  ias: iasWords,
  simulated: simulatedWords,
};

type SectionName = keyof Sections;
type AnySection = Sections[SectionName];

/** A section of a policy, which may be absent, with the functions that explain, lint and print it. */
export interface NamedSection {
  readonly name: SectionName;
  readonly section: AnySection | undefined;
  readonly words: SectionWords<AnySection>;
}

/** All sections that a policy can have. */
export function allSections(policy: Policy): readonly NamedSection[] {
  const names = Object.keys(words) as readonly SectionName[];
  return names.map((name) => ({ name, section: policy[name], words: wordsFor(name) }));
}

/** Applies `use` to each section that a policy has, and joins the results into one list. */
export function ofSections<T>(
  policy: Policy,
  use: (words: SectionWords<AnySection>, section: AnySection) => readonly T[],
): readonly T[] {
  return allSections(policy).flatMap(({ section, words }) =>
    section === undefined ? [] : use(words, section),
  );
}

function wordsFor<S extends SectionName>(name: S): SectionWords<Sections[S]> {
  return words[name];
}
