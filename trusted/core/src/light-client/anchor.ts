/**
 * The anchor: a hash over everything that a worker trusts from its start. The anchor is part of every signed
 * statement, and a client computes it to know which value to expect.
 */
import { concat, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { writeAuthorityList } from "../grandpa/index.ts";
import { encode } from "../scale/index.ts";
import { rulesNumber } from "../version/index.ts";
import { writePending } from "./dump.ts";
import { type GenesisBalance, writeGenesisBalance } from "./genesis-balance.ts";
import type { LightClient } from "./light-client.ts";
import { type PolicyAuthority, writePolicyAuthority } from "./policy-authority.ts";
import { type RecoveryKeys, writeRecoveryKeys } from "./recovery-keys.ts";

/**
 * The source that gives events their meaning: the chain's own code (`proven`), runtime metadata that is
 * trusted without proof (`told`), or none, because commands are read from block bodies (`bodies`).
 */
export type MeaningKind = "proven" | "told" | "bodies";

/**
 * The source that gives events their meaning, with the data that the anchor commits to. Metadata that is
 * trusted without proof is part of the anchor.
 */
export type AnchoredMeaning =
  | { readonly kind: "told"; readonly metadata: Uint8Array }
  | { readonly kind: Exclude<MeaningKind, "told"> };

/** What a worker is given at its start, in addition to the start point of its chain. */
export interface AnchorTerms {
  readonly meaning: AnchoredMeaning;
  readonly genesisBalance: GenesisBalance;
  /** Whether workers run commands of channel v1. Default: they refuse them. */
  readonly channelV1?: boolean | undefined;
  /** The parachain that the worker follows. Set only if the start point is a block of a relay chain. */
  readonly para?: { readonly id: number; readonly genesisHash: Uint8Array } | undefined;
  /** The keys that may sign a new checkpoint. Default: none. */
  readonly recovery?: RecoveryKeys | undefined;
  /** Whose policies decide about handovers. Default: the chain's registry. */
  readonly policyAuthority?: PolicyAuthority | undefined;
}

/**
 * blake2b-256 of
 * `"pruntime/anchor/5" ‖ rules number u32 ‖ genesis hash(32) ‖ start hash(32) ‖ set id u64 ‖
 * Vec<(authority(32), weight u64)> ‖
 * Vec<(announced u32, delay u32, Vec<(authority(32), weight u64)>)> of pending changes ‖ meaning u8 ‖
 * Option<blake2b-256 of the metadata> ‖ genesis balance ‖ channel v1 bool ‖
 * Option<parachain id u32 ‖ its genesis hash(32)> ‖ Option<recovery keys> ‖ policy authority`, where
 * `meaning` is 0 for `told`, 1 for `bodies` and 2 for `proven`, and the genesis balance is `0` for none, `1`
 * for `development`, or `2 ‖ account(32) ‖ amount u128`. The recovery keys are `threshold u8 ‖ Vec<key(32)>`.
 * The policy authority is as {@link writePolicyAuthority} writes it.
 * @throws LightClientError `recovery/bad-keys`
 */
export function anchorOf(
  crypto: Pick<Crypto, "blake2b256">,
  start: LightClient,
  { meaning, genesisBalance, channelV1, para, recovery, policyAuthority }: AnchorTerms,
): Uint8Array {
  const body = encode(start, (w, { genesisHash, finalized, authorities, pending }) => {
    w.u32(rulesNumber).raw(genesisHash).raw(finalized.hash).u64(authorities.setId);
    writeAuthorityList(w, authorities.authorities);
    w.vec(pending, writePending);
    w.u8(tags[meaning.kind]).option(meaning.kind === "told" ? meaning.metadata : undefined, (out, metadata) =>
      out.raw(crypto.blake2b256(metadata)),
    );
    writeGenesisBalance(w, genesisBalance);
    w.bool(channelV1 === true);
    w.option(para, (out, { id, genesisHash }) => out.u32(id).raw(genesisHash));
    w.option(recovery, writeRecoveryKeys);
    writePolicyAuthority(w, policyAuthority ?? { kind: "registry" });
  });
  return crypto.blake2b256(concat(utf8("pruntime/anchor/5"), body));
}

const tags: Readonly<Record<MeaningKind, number>> = { told: 0, bodies: 1, proven: 2 };
