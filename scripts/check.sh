#!/bin/sh
# Checks everything that a change must satisfy besides its tests. The steps run in two groups at the same
# time. Each step prints its result when it ends.
set -u
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# step NAME COMMAND… runs a command, and prints its output and whether it passed.
step() {
  name=$1
  shift
  verdict=passed
  "$@" >"$out/$name" 2>&1 || { verdict=FAILED && touch "$out/failed"; }
  printf '\n== %s: %s\n%s\n' "$name" "$verdict" "$(cat "$out/$name")"
}

{
  step "lint of the trusted tiers" npx eslint trusted api enclave crypto verifiers
  step "docs in sync" npx tsx scripts/docs.ts --check
} &
{
  step "format and lint" npx biome ci --log-level=warn .
  step "types" npx tsc -b
  step "import graph" npx depcruise --config .dependency-cruiser.json \
    trusted api crypto enclave host client verifiers cli
  step "prose" npx tsx scripts/prose.ts
  step "dead code" npx knip --no-progress
  step "size of the enclave" npx tsx scripts/enclave-size.ts
} &
wait
if [ -e "$out/failed" ]; then
  printf '\ncheck: FAILED\n'
  exit 1
fi
printf '\ncheck: all passed\n'
