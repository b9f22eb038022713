import { connect } from "@pruntime/client";
import { balances } from "@pruntime/client/contracts/balances";

/**
 * What this program trusts. Both values are part of the program or given by its operator; neither is from
 * the worker.
 */
const policy = {
  version: 1,
  snp: { measurements: ["00".repeat(48)], minTcb: { milan: "0400000000001673" } },
};
const anchor = "53c30402e528c9e393bbeabede680d07ed97601aea1d31352322f7a7d4619fbf";

export async function issuance(): Promise<bigint> {
  const worker = await connect("https://worker.example", { policy, anchor, maxAgeMs: 60_000 });
  const { value, chainTimeMs } = await worker.query(balances.totalIssuance());
  console.log(`${value}, as of ${new Date(Number(chainTimeMs)).toISOString()}`);
  return value;
}
