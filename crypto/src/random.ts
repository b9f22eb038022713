import { randomBytes } from "node:crypto";
import type { Random } from "@pruntime/core/crypto";
import { plain } from "./plain.ts";

/** Returns random bytes from the operating system. */
export const secureRandom: Random = (length) => plain(randomBytes(length));
