import { ProtocolError } from "../errors/index.ts";

/** Why runtime metadata, or a value that it describes, is rejected. */
export type MetadataErrorDetail =
  /** The bytes do not begin with `meta`, so they are not runtime metadata. */
  | { readonly code: "metadata/bad-magic" }
  /** This program does not read this version of metadata. */
  | { readonly code: "metadata/unsupported-version"; readonly version: number }
  /** A type's id differs from its position in the registry. */
  | { readonly code: "metadata/bad-registry"; readonly position: number; readonly id: number }
  /** The registry does not have a type that the metadata names. */
  | { readonly code: "metadata/unknown-type"; readonly id: number; readonly types: number }
  /** Two pallets, or two items of one pallet or type, have the same name or index. */
  | { readonly code: "metadata/duplicate"; readonly what: string }
  /**
   * A type cannot be decoded. For example, it contains only itself, has two fields with the same name, or is
   * the compact form of a type that is not an unsigned integer.
   */
  | { readonly code: "metadata/bad-type"; readonly id: number; readonly reason: string }
  /**
   * `System.Events` is missing or is not FRAME's list of event records, or its events contradict the pallets.
   */
  | { readonly code: "metadata/bad-events"; readonly reason: string }
  /** A value is nested more deeply than any real value is. */
  | { readonly code: "metadata/too-deep"; readonly offset: number; readonly limit: number }
  /** A value has more parts than a value of its length may have. Parts that take no bytes count too. */
  | { readonly code: "metadata/too-large"; readonly offset: number }
  /**
   * The runtime's `System.Version` states a `system_version` whose rules this program does not know. A newer
   * release may know them.
   */
  | { readonly code: "metadata/unknown-system-version"; readonly version: number; readonly highest: number }
  /** The metadata does not contain this event, call, constant, storage item or part of an extrinsic. */
  | { readonly code: "metadata/missing"; readonly what: string }
  /** An event's fields are not those that this program expects. */
  | {
      readonly code: "metadata/event-mismatch";
      readonly event: string;
      readonly have: string;
      readonly want: string;
    };

/** Thrown when runtime metadata, or a value that the metadata describes, is rejected. */
export class MetadataError extends ProtocolError<MetadataErrorDetail> {}
