/** The rules for DataPlaza's files. The owner of a sealed file checks them before the worker does. */
import type { FileKind } from "@pruntime/core/channel";
import { checkTable, type TableSize } from "@pruntime/core/csv";
import type { Work } from "@pruntime/core/work";

/** The column by which a dataset and a query file are joined. */
export const joinColumn = "phone";

/**
 * Checks in units that a file is a table, and that a dataset has the {@link joinColumn}. Returns its size.
 * @throws CsvError
 */
export function checkDataFile(kind: FileKind, bytes: Uint8Array): Work<TableSize> {
  return checkTable(bytes, kind === "dataset" ? joinColumn : undefined);
}
