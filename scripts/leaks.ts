/**
 * `npm run leaks`: runs every command and request of every built-in contract with different secrets, and
 * fails if the host can tell them apart.
 */
import { compareAll } from "./leaks/compare.ts";

const rows = await compareAll("v2");
for (const { name, cases, bytes, difference } of rows) {
  const verdict = difference === undefined ? "no difference" : `DIFFERENCE\n${difference}`;
  process.stdout.write(
    `${name.padEnd(36)} ${String(cases).padStart(2)} cases ${String(bytes).padStart(8)} bytes  ${verdict}\n`,
  );
}
if (rows.some(({ difference }) => difference !== undefined)) {
  process.stderr.write("The host can tell some of these calls apart.\n");
  process.exitCode = 1;
}
