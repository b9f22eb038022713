/**
 * The maximum size of the enclave's bundle. `npm run check` fails if the bundle is larger, because every line
 * of it is part of the trusted base. To add to the trusted base on purpose, raise the numbers in the same
 * commit as the code that needs the room, and explain in the commit's message why the code must run inside
 * the enclave. Lower the numbers when code moves out.
 */
export const enclaveBudget: EnclaveSize = {
  // The latest increases, 5,540 lines in total, were for pending runtime code, runtimes that this program
  // cannot read, genesis balances, the rules number, blocks and finality stalls of any size, a new instance
  // of the interpreter for each run, long work, the memory of final blocks across restarts, the limit on the
  // memory of contract state, the sizes of replies, recovery keys, turns of joins, dumps in pages, the
  // settings of hardware that policies judge bit by bit, the refusal of channel v1, the block by which a
  // handover is judged, the padding of commands, queries and replies, the lineage of keys, which a receiver
  // judges, which names each code in one form and which grows at both workers, the shares of accounts, which
  // only the enclave knows, the full state and the recovery keys in the status, the operator's account, to
  // which evidence is bound, the sealed files of DataPlaza, which only the enclave opens and checks, the sets
  // that must sign blocks past the mark, joins whose time depends on their bytes alone and whose memory is
  // provided in units, the limit on the parts of a type, the policy authority of the anchor, by whose
  // policies workers judge each other, the signed policies, which the enclave finds in the blocks that it
  // executes, the consent of a policy key to one handover, the
  // division of a large state among maps, and secp256k1 in constant time, as wasm. The
  // enclave checks the pieces in which the data of large blocks and stalls arrives. It does long work in
  // units, such as reading a call, opening a proof or writing a reply, and answers queries between the units.
  // It writes and reads dumps in padded pages, from and into its own memory.
  ourLines: 21_990,
  thirdPartyLines: 9_000,
  wasmBytes: 4_200_000,
  bundleBytes: 5_245_000,
};

/** The size of the enclave's bundle. */
export interface EnclaveSize {
  /** Lines of code in this repository's files that the bundle uses, without comments and blank lines. */
  readonly ourLines: number;
  /** Lines of code in the files of third-party packages that the bundle uses, except WebAssembly packages. */
  readonly thirdPartyLines: number;
  /** Bytes in the bundle from WebAssembly packages: third-party packages whose names contain `wasm`. */
  readonly wasmBytes: number;
  /** Bytes of the whole bundle. */
  readonly bundleBytes: number;
}
