/** The limits of blocks, in the form of the constants `System.BlockWeights` and `System.BlockLength`. */

/** A weight, in the form in which metadata encodes it. */
export interface Weight {
  /** The execution time, in picoseconds. */
  readonly ref_time: bigint;
  /** The size of the storage proof, in bytes. */
  readonly proof_size: bigint;
}

/** The limits of one dispatch class. `undefined` means that there is no limit. */
export interface ClassLimits {
  /** The weight that each extrinsic has in addition to the weight of its call. */
  readonly base_extrinsic: Weight;
  readonly max_extrinsic: Weight | undefined;
  readonly max_total: Weight | undefined;
  readonly reserved: Weight | undefined;
}

/** A value for each dispatch class: for users, for operators, and for inherents. */
interface PerClass<T> {
  readonly normal: T;
  readonly operational: T;
  readonly mandatory: T;
}

/** The limits of a chain's blocks. Both fields have the form of the runtime's constants. */
export interface BlockLimits {
  readonly weights: {
    /** The weight of an empty block. */
    readonly base_block: Weight;
    readonly max_block: Weight;
    readonly per_class: PerClass<ClassLimits>;
  };
  /** The largest total length of a block's extrinsics, in bytes. */
  readonly length: { readonly max: PerClass<number> };
}

const maxU64 = (1n << 64n) - 1n;
const maxU32 = 0xffff_ffff;
const time = (ref_time: bigint): Weight => ({ ref_time, proof_size: 0n });
const base_extrinsic = time(126_045_000n);
const unlimited: ClassLimits = {
  base_extrinsic,
  max_extrinsic: undefined,
  max_total: undefined,
  reserved: undefined,
};

/**
 * The limits of Polkadot's runtime since 2025: 2 s of execution and 5 MiB of extrinsics. Users get at most
 * three quarters of each limit.
 */
export const polkadotLimits: BlockLimits = {
  weights: {
    base_block: time(13_806_190_000n),
    max_block: { ref_time: 2_000_000_000_000n, proof_size: maxU64 },
    per_class: {
      normal: {
        base_extrinsic,
        max_extrinsic: { ref_time: 1_479_873_955_000n, proof_size: 13_650_590_614_545_068_195n },
        max_total: { ref_time: 1_500_000_000_000n, proof_size: 13_835_058_055_282_163_711n },
        reserved: time(0n),
      },
      operational: {
        base_extrinsic,
        max_extrinsic: { ref_time: 1_979_873_955_000n, proof_size: 18_262_276_632_972_456_099n },
        max_total: { ref_time: 2_000_000_000_000n, proof_size: maxU64 },
        reserved: { ref_time: 500_000_000_000n, proof_size: 4_611_686_018_427_387_904n },
      },
      mandatory: unlimited,
    },
  },
  length: { max: { normal: 3_932_160, operational: 5_242_880, mandatory: 5_242_880 } },
};

/** Limits that no block can reach. */
export const noLimits: BlockLimits = {
  weights: {
    base_block: time(13_806_190_000n),
    max_block: { ref_time: maxU64, proof_size: maxU64 },
    per_class: { normal: unlimited, operational: unlimited, mandatory: unlimited },
  },
  length: { max: { normal: maxU32, operational: maxU32, mandatory: maxU32 } },
};
