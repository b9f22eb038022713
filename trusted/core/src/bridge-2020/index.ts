/**
 * The messages that the 2020 bridge sends to a worker: SCALE encoders and decoders. A decoded header includes
 * the exact bytes that it was read from, because its hash covers those bytes. `Some("")` and `None` are
 * different values.
 *
 * ```text
 * BridgeInitInfo        = Header ‖ Vec<([u8; 32], u64)> ‖ Vec<Vec<u8>>
 * SignedBlock           = Header ‖ Vec<UncheckedExtrinsic> ‖ Option<Vec<u8>>
 * AuthoritySetChange    = Vec<([u8; 32], u64)> ‖ u64 ‖ Vec<Vec<u8>>
 * BlockWithEvents       = SignedBlock ‖ Option<Vec<u8>> ‖ Option<Vec<Vec<u8>>> ‖ Option<Vec<u8>>
 * HeaderToSync          = Header ‖ Option<Vec<u8>>
 * BlockHeaderWithEvents = Header ‖ Option<Vec<u8>> ‖ Option<Vec<Vec<u8>>> ‖ Option<Vec<u8>>
 * ```
 * @see https://github.com/Phala-Network/phala-pruntime/blob/67fd52f/enclave/src/lib.rs
 */
export * from "./events.ts";
export {
  type AuthoritySetChange,
  type BridgeInitInfo,
  decodeAuthoritySetChange,
  decodeBridgeInitInfo,
  decodeHeaderToSync,
  decodeSignedBlock,
  type Encodable,
  encodeAuthoritySetChange,
  encodeBridgeInitInfo,
  encodeHeaderToSync,
  encodeSignedBlock,
  type HeaderToSync,
  type SignedBlock,
} from "./headers.ts";
