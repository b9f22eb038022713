/**
 * Lint walls: rules for the trusted tiers that the compiler cannot enforce. Biome checks the format and the
 * cheap rules.
 */
import type { Linter } from "eslint";
import tseslint from "typescript-eslint";

const ban = (selector: string, message: string) => ({ selector, message });
const any = (...selectors: readonly string[]) => selectors.join(", ");

const pure = [
  ban(
    "ThrowStatement > :matches(NewExpression, CallExpression)[callee.name=/^(Error|TypeError|RangeError)$/]",
    "throw a coded ProtocolError",
  ),
  ban(
    any(
      "MemberExpression[object.name='Date'][property.name='now']",
      "NewExpression[callee.name='Date'][arguments.length=0]",
    ),
    "time is an input",
  ),
  ban("MemberExpression[object.name='Math'][property.name='random']", "randomness is an input"),
  ban("CatchClause[param=null]", "name what you catch; rethrow what you do not expect"),
];
const synchronous = ban(
  any(
    "AwaitExpression",
    "FunctionDeclaration[async=true]",
    "FunctionExpression[async=true]",
    "ArrowFunctionExpression[async=true]",
  ),
  "trusted code is synchronous",
);

const typed: Linter.Config = {
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    "@typescript-eslint/unified-signatures": "off",
    // A key is often destructured beside a rest element only to leave it out of the rest.
    "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
    // The code narrows `bytes[i]` with `as number`. This rule would demand `!`, which another rule forbids.
    "@typescript-eslint/non-nullable-type-assertion-style": "off",
    "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
  },
};

const config: Linter.Config[] = [
  { ignores: ["**/dist/**", "**/test/**", "**/node_modules/**"] },
  ...(tseslint.configs.strictTypeChecked as Linter.Config[]).map((entry) => ({
    ...entry,
    files: [
      "trusted/**/src/**/*.ts",
      "api/src/**/*.ts",
      "verifiers/src/**/*.ts",
      "enclave/src/**/*.ts",
      "crypto/src/**/*.ts",
    ],
  })),
  {
    files: [
      "trusted/**/src/**/*.ts",
      "api/src/**/*.ts",
      "verifiers/src/**/*.ts",
      "enclave/src/**/*.ts",
      "crypto/src/**/*.ts",
    ],
    ...typed,
  },
  {
    files: ["trusted/**/src/**/*.ts", "api/src/**/*.ts", "verifiers/src/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...pure, synchronous] },
  },
];

export default config;
