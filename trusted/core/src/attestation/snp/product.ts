/**
 * AMD's product lines by CPUID family and model.
 * @see https://www.amd.com/content/dam/amd/en/documents/epyc-technical-docs/specifications/57230.pdf
 */
import type { SnpProduct } from "../evidence/snp.ts";
import type { SnpReport } from "./report.ts";

interface Models {
  readonly product: SnpProduct;
  readonly family: number;
  /** First and last model. */
  readonly models: readonly [number, number];
}

const ranges: readonly Models[] = [
  { product: "milan", family: 0x19, models: [0x00, 0x0f] },
  { product: "genoa", family: 0x19, models: [0x10, 0x1f] },
  { product: "genoa", family: 0x19, models: [0xa0, 0xaf] },
  { product: "turin", family: 0x1a, models: [0x00, 0x1f] },
];

/** Returns the product line of a processor; `undefined` for an unknown processor. */
export function productOf({ family, model }: NonNullable<SnpReport["cpu"]>): SnpProduct | undefined {
  const found = ranges.find(
    ({ family: own, models: [first, last] }) => own === family && model >= first && model <= last,
  );
  return found?.product;
}
