#!/bin/sh
# Everything a change must satisfy besides its tests.
set -eu
cd "$(dirname "$0")/.."
step() { printf '\n== %s\n' "$1"; }
step "format and lint";         npx biome ci --log-level=warn .
step "lint of the trusted tiers"; npx eslint trusted api enclave crypto verifiers
step "import graph";            npx depcruise --config .dependency-cruiser.json \
  trusted api crypto enclave host client verifiers cli
step "types";                   npx tsc -b
step "size of the enclave";     npx tsx scripts/enclave-size.ts
step "dead code";               npx knip --no-progress
step "prose";                   npx tsx scripts/prose.ts
step "docs in sync";            npx tsx scripts/docs.ts --check
printf '\ncheck: all passed\n'
