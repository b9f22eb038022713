import { ProtocolError } from "../errors/index.ts";

export type MetadataErrorDetail =
  /** The bytes do not begin with `meta`: they are no runtime metadata. */
  | { readonly code: "metadata/bad-magic" }
  /** The metadata is of a version that this worker does not read. */
  | { readonly code: "metadata/unsupported-version"; readonly version: number }
  /** A type of the registry is not listed under its own position. */
  | { readonly code: "metadata/bad-registry"; readonly position: number; readonly id: number }
  /** A type is named that the registry does not hold. */
  | { readonly code: "metadata/unknown-type"; readonly id: number; readonly types: number }
  /** Two pallets, or two items of one pallet or type, share a name or an index. */
  | { readonly code: "metadata/duplicate"; readonly what: string }
  /** A type cannot be decoded: it contains itself without end, compacts what is no number, or has a field no object can have. */
  | { readonly code: "metadata/bad-type"; readonly id: number; readonly reason: string }
  /** `System.Events` is missing or is not the list of event records that FRAME keeps, or its events are not those of the pallets. */
  | { readonly code: "metadata/bad-events"; readonly reason: string }
  /** A value is nested deeper than any real one. */
  | { readonly code: "metadata/too-deep"; readonly offset: number; readonly limit: number }
  /** A value has more parts than its bytes can justify: parts that take no bytes are counted too. */
  | { readonly code: "metadata/too-large"; readonly offset: number }
  /** The runtime has no such event, constant or storage item. */
  | { readonly code: "metadata/missing"; readonly what: string }
  /** An event's fields are not those this program was written for. */
  | {
      readonly code: "metadata/event-mismatch";
      readonly event: string;
      readonly have: string;
      readonly want: string;
    };

/** Runtime metadata, or a value described by it, that is not what it should be. */
export class MetadataError extends ProtocolError<MetadataErrorDetail> {}
