/**
 * Lint walls: what the compiler cannot forbid in the trusted tiers. Formatting and cheap rules are biome's.
 */
import type { Linter } from "eslint";
import tseslint from "typescript-eslint";

const ban = (selector: string, message: string) => ({ selector, message });

const pure = [
  ban(
    "ThrowStatement > :matches(NewExpression, CallExpression)[callee.name=/^(Error|TypeError|RangeError)$/]",
    "throw a coded ProtocolError",
  ),
  ban(
    "MemberExpression[object.name='Date'][property.name='now'], NewExpression[callee.name='Date'][arguments.length=0]",
    "time is an input",
  ),
  ban("MemberExpression[object.name='Math'][property.name='random']", "randomness is an input"),
  ban("CatchClause[param=null]", "name what you catch; rethrow what you do not expect"),
];
const synchronous = ban(
  "AwaitExpression, FunctionDeclaration[async=true], FunctionExpression[async=true], ArrowFunctionExpression[async=true]",
  "trusted code is synchronous",
);

const typed: Linter.Config = {
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    "@typescript-eslint/unified-signatures": "off",
    // A key that is named beside a rest is named to leave it out.
    "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
    // Narrow casts of numeric array reads are this codebase's idiom; `!` is what stays forbidden.
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
