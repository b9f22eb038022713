import { cryptoContract } from "../../trusted/core/test/crypto/contract.ts";
import { createNativeCrypto } from "../src/index.ts";

cryptoContract("the native provider without addons", () => createNativeCrypto());
cryptoContract("the native provider with addons", () => createNativeCrypto({ addons: true }));
