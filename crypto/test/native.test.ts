import { cryptoContract } from "../../trusted/core/test/crypto/contract.ts";
import { wycheproofCases } from "../../trusted/core/test/crypto/wycheproof.ts";
import { createNativeCrypto } from "../src/index.ts";

cryptoContract("the native implementation without addons", () => createNativeCrypto());
cryptoContract("the native implementation with addons", () => createNativeCrypto({ addons: true }));
cryptoContract("the native implementation that verifies in the background", () =>
  createNativeCrypto({ background: true }),
);

wycheproofCases("the native implementation without addons", () => createNativeCrypto());
wycheproofCases("the native implementation with addons", () => createNativeCrypto({ addons: true }));
