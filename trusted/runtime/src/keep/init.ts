/**
 * The record of an accepted `init_runtime`. The next start repeats the event, so that the worker follows the
 * same chain.
 */
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import {
  readGenesisBalance,
  readPolicyAuthority,
  readRecoveryKeys,
  writeGenesisBalance,
  writePolicyAuthority,
  writeRecoveryKeys,
} from "@pruntime/core/light-client";
import { decodeAll, encode, type Reader } from "@pruntime/core/scale";
import type { EventOf, Meaning, ParachainStart, StartPoint } from "../event.ts";
import type { RecordKind } from "./record.ts";

const version = 6;
const startTags = ["genesis", "checkpoint"] as const;
const meaningTags = ["bodies", "told", "proven"] as const;

/**
 * `6 ‖ start kind u8 ‖ start Vec<u8> ‖ meaning kind u8 ‖ meaning Vec<Vec<u8>> ‖ genesis balance ‖ channel v1
 * bool ‖ Option<parachain id u32 ‖ genesis header Vec<u8>> ‖ Option<recovery keys> ‖ policy authority`. The
 * start is the SCALE `BridgeInitInfo` or the text of the checkpoint. The meaning is the metadata, the nodes
 * of the code's proof, or empty for bodies.
 */
export const initRecord: RecordKind<EventOf<"init">> = {
  kind: "init",
  write: ({ start, meaning, genesisBalance, channelV1, parachain, recovery, policyAuthority }) => ({
    name: "",
    bytes: encode(start, (w) => {
      w.u8(version).u8(startTags.indexOf(start.kind));
      w.vecU8(start.kind === "genesis" ? start.info : utf8(start.text));
      w.u8(meaningTags.indexOf(meaning.kind)).vec(partsOf(meaning), (out, part) => out.vecU8(part));
      writeGenesisBalance(w, genesisBalance);
      w.bool(channelV1 === true);
      w.option(parachain, (out, { id, genesisHeader }) => out.u32(id).vecU8(genesisHeader));
      w.option(recovery, writeRecoveryKeys);
      writePolicyAuthority(w, policyAuthority ?? { kind: "registry" });
    }),
  }),
  read: ({ bytes }) =>
    decodeAll(bytes, (r) => {
      const have = r.u8();
      if (have !== version) throw r.badTag("Init", have);
      return {
        kind: "init",
        start: readStart(r),
        meaning: readMeaning(r),
        genesisBalance: readGenesisBalance(r),
        channelV1: r.bool(),
        parachain: r.option(readParachain),
        recovery: r.option(readRecoveryKeys),
        policyAuthority: readPolicyAuthority(r),
      };
    }),
};

function partsOf(meaning: Meaning): readonly Uint8Array[] {
  if (meaning.kind === "proven") return meaning.codeProof;
  return meaning.kind === "told" ? [meaning.metadata] : [];
}

function readStart(r: Reader): StartPoint {
  const tag = r.u8();
  const bytes = r.vecU8().slice();
  if (startTags[tag] === undefined) throw r.badTag("StartPoint", tag);
  return startTags[tag] === "genesis"
    ? { kind: "genesis", info: bytes }
    : { kind: "checkpoint", text: fromUtf8(bytes) };
}

function readParachain(r: Reader): ParachainStart {
  return { id: r.u32(), genesisHeader: r.vecU8().slice() };
}

function readMeaning(r: Reader): Meaning {
  const tag = r.u8();
  const parts = r.vec(1, (part) => part.vecU8().slice());
  const [metadata] = parts;
  if (meaningTags[tag] === "bodies") return { kind: "bodies" };
  if (meaningTags[tag] === "proven") return { kind: "proven", codeProof: parts };
  if (meaningTags[tag] === undefined || metadata === undefined) throw r.badTag("Meaning", tag);
  return { kind: "told", metadata };
}
