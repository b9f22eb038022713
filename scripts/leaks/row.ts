/** A row of the table: what was compared, and whether a host can tell the cases apart. */
export interface Row {
  readonly name: string;
  /** The number of cases that were compared. */
  readonly cases: number;
  /** The bytes that the host sees in the first case. */
  readonly bytes: number;
  /** The first difference between two cases; `undefined` if the host cannot tell them apart. */
  readonly difference: string | undefined;
}
