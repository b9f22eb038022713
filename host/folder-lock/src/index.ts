/** Locks a folder for one process, also between containers. */

export { LockError, type LockErrorDetail } from "./error.ts";
export { lockFolder } from "./lock.ts";
