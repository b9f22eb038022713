import { portableCrypto } from "../../src/crypto/index.ts";
import { cryptoContract } from "./contract.ts";

cryptoContract("the portable provider", () => portableCrypto);
