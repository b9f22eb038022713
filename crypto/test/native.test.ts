import { cryptoContract } from "../../trusted/core/test/crypto/contract.ts";
import { wycheproofCases } from "../../trusted/core/test/crypto/wycheproof.ts";
import { createNativeCrypto } from "../src/index.ts";

cryptoContract("the native implementation without addons", () => createNativeCrypto());
cryptoContract("the native implementation with addons", () => createNativeCrypto({ addons: true }));
cryptoContract("the native implementation with verifying threads", () =>
  createNativeCrypto({ verifyWorkers: 2 }),
);
cryptoContract("the native implementation with addons and verifying threads", () =>
  createNativeCrypto({ addons: true, verifyWorkers: 1 }),
);

wycheproofCases("the native implementation without addons", () => createNativeCrypto());
wycheproofCases("the native implementation with addons", () => createNativeCrypto({ addons: true }));
