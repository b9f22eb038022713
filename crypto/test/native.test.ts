import { cryptoContract } from "../../trusted/core/test/crypto/contract.ts";
import { createNativeCrypto } from "../src/index.ts";

cryptoContract("the native provider without addons", () => createNativeCrypto());
cryptoContract("the native provider with addons", () => createNativeCrypto({ addons: true }));
cryptoContract("the native provider with verifying threads", () => createNativeCrypto({ verifyWorkers: 2 }));
cryptoContract("the native provider with addons and verifying threads", () =>
  createNativeCrypto({ addons: true, verifyWorkers: 1 }),
);
