/** What `init_runtime` needs of a chain: its genesis with a proof of the first authorities, and the metadata that gives events their meaning. */

import { encodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { to0x, toBase64 } from "@pruntime/core/bytes";
import { decodeVersionedAuthorityList } from "@pruntime/core/grandpa";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { RelayError } from "./error.ts";
import type { SubstrateNode } from "./node/node.ts";

/** The `input` of `init_runtime`. */
export interface InitInput {
  readonly bridge_genesis_info_b64: string;
  readonly runtime_metadata_b64: string;
  readonly skip_ra: boolean;
}

/** @throws {@link RelayError} `relay/bad-answer` when the chain has no authorities at genesis */
export async function fetchInitInput(node: SubstrateNode): Promise<InitInput> {
  const header = await node.headerAt(0);
  const key = wellKnownKeys.grandpaAuthorities;
  const [value, proof] = [await node.storage(key, header.hash), await node.readProof([key], header.hash)];
  if (value === undefined) throw new RelayError({ code: "relay/bad-answer", method: `state_getStorage(${to0x(key)})` });
  const authorities = decodeVersionedAuthorityList(value);
  const info = { encodedHeader: header.encoded, authorities, proof };
  return {
    bridge_genesis_info_b64: toBase64(encodeBridgeInitInfo(info)),
    runtime_metadata_b64: toBase64(await node.metadata(header.hash)),
    skip_ra: true,
  };
}
