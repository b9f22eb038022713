/** The section of runtime metadata that describes the format of an extrinsic. */
import { type Reader, readCompactU32 } from "../scale/index.ts";
import { MetadataError } from "./error.ts";
import { type MetadataVersion, type RegistryType, readTypeId, skipBytes } from "./registry.ts";

/** The types of an extrinsic's parts, as positions in the registry. */
export interface ExtrinsicFormat {
  readonly address: number;
  readonly signature: number;
  /** The enum of all pallets' calls. */
  readonly call: number;
  /**
   * The types that the transaction extensions add to an extrinsic, by the version of the extensions. Before
   * metadata 16, the only version is 0.
   */
  readonly extensions: ReadonlyMap<number, readonly number[]>;
}

/**
 * Reads the extrinsic section of metadata.
 * @returns `undefined` when metadata 14 does not name the types of the address, call and signature
 * @throws CodecError; MetadataError `metadata/unknown-type`, `metadata/duplicate`, `metadata/missing`
 */
export function readExtrinsicFormat(
  r: Reader,
  version: MetadataVersion,
  types: readonly RegistryType[],
): ExtrinsicFormat | undefined {
  const count = types.length;
  if (version >= 16)
    r.vecU8(); // extrinsic versions
  else if (version === 15) r.u8();
  const parts = version === 14 ? partsOf14(r, types) : partsOf15(r, version, count);
  const sets =
    version >= 16 ? r.vec(2, () => [r.u8(), r.vec(1, readCompactU32)] as const) : [[0, undefined] as const];
  const added = r.vec(3, () => {
    skipBytes(r); // identifier
    const type = readTypeId(r, count);
    readTypeId(r, count); // additional signed
    return type;
  });
  if (new Set(sets.map(([set]) => set)).size < sets.length)
    throw new MetadataError({ code: "metadata/duplicate", what: "version of the extensions" });
  const extensions = new Map(
    sets.map(([set, positions]) => [set, positions?.map((at) => typeAt(added, at)) ?? added]),
  );
  return parts && { ...parts, extensions };
}

type Parts = Pick<ExtrinsicFormat, "address" | "signature" | "call">;

/**
 * Reads the parts from the one type that metadata 14 names:
 * `UncheckedExtrinsic<Address, Call, Signature, Extra>`.
 */
function partsOf14(r: Reader, types: readonly RegistryType[]): Parts | undefined {
  const { parameters } = types[readTypeId(r, types.length)] as RegistryType;
  r.u8(); // extrinsic version
  const [address, call, signature] = ["Address", "Call", "Signature"].map((name) => parameters.get(name));
  if (address === undefined || call === undefined || signature === undefined) return undefined;
  return { address, call, signature };
}

function partsOf15(r: Reader, version: MetadataVersion, count: number): Parts {
  const address = readTypeId(r, count);
  const call = readTypeId(r, count);
  const signature = readTypeId(r, count);
  if (version === 15) readTypeId(r, count); // all extensions as one type
  return { address, call, signature };
}

function typeAt(added: readonly number[], at: number): number {
  const type = added[at];
  if (type === undefined)
    throw new MetadataError({ code: "metadata/missing", what: `transaction extension ${at}` });
  return type;
}
