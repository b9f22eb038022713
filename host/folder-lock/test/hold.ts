/** Locks the folder that the first argument names, says so, and keeps the lock until standard input ends. */
import { lockFolder } from "../src/index.ts";

lockFolder(process.argv[2] ?? "");
process.stdout.write("locked\n");
process.stdin.resume();
