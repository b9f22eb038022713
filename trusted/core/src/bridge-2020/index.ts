/**
 * What the 2020 bridge sends to a worker, in SCALE, both ways. A header stands beside the exact bytes it was read from, since its
 * hash is over those. An option that holds nothing (`Some("")`) is not an option that is not there.
 *
 * ```text
 * BridgeInitInfo        = Header | Vec<([u8; 32], u64)> | Vec<Vec<u8>>
 * SignedBlock           = Header | Vec<UncheckedExtrinsic> | Option<Vec<u8>>
 * AuthoritySetChange    = Vec<([u8; 32], u64)> | u64 | Vec<Vec<u8>>
 * BlockWithEvents       = SignedBlock | Option<Vec<u8>> | Option<Vec<Vec<u8>>> | Option<Vec<u8>>
 * HeaderToSync          = Header | Option<Vec<u8>>
 * BlockHeaderWithEvents = Header | Option<Vec<u8>> | Option<Vec<Vec<u8>>> | Option<Vec<u8>>
 * ```
 * @see https://github.com/Phala-Network/phala-pruntime/blob/67fd52f/enclave/src/lib.rs
 * @see https://github.com/Phala-Network/phala-blockchain/tree/7e852cc20/standalone/phost
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
