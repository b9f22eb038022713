import { portableCrypto } from "../../src/crypto/index.ts";
import { cryptoContract } from "./contract.ts";
import { wycheproofCases } from "./wycheproof.ts";

cryptoContract("the portable provider", () => portableCrypto);
wycheproofCases("the portable provider", () => portableCrypto);
