#!/usr/bin/env bash
# `npm run containers`: builds the image, starts the stack of deploy/containers by compose, asks its worker
# from a fourth container, stops every part within 2 s, and starts all again on their volumes. Prints the
# seconds of each step. Skips, and says so, where no Docker engine runs or can be started.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d -t pruntime-containers-XXXXXX)

finish() {
  [ -z "${up:-}" ] || compose down --volumes --timeout 5 >/dev/null 2>&1 || true
  if [ -f "$folder/docker.pid" ]; then
    kill "$(cat "$folder/docker.pid")" 2>/dev/null || true
    wait
  fi
  rm -rf "$folder" 2>/dev/null || true
}
trap finish EXIT

step() {
  local name=$1 start=$EPOCHREALTIME
  shift
  "$@"
  printf '%6.1f s  %s\n' "$(echo "$EPOCHREALTIME - $start" | bc)" "$name"
}
compose() {
  docker compose --project-name pruntime-try -f deploy/containers/compose.yaml "$@"
}
fail() {
  echo "$1" >&2
  exit 1
}

build() {
  docker build -q --network host -f deploy/containers/Dockerfile -t pruntime-try \
    --build-arg BASE=pruntime-base --build-arg BUILD_BASE=pruntime-build-base \
    --build-arg MEASUREMENT="$measurement" --build-arg VERSION="$version" . >/dev/null
}
start() {
  compose up --detach --wait --wait-timeout 120 >"$folder/up.log" 2>&1 ||
    fail "$(cat "$folder/up.log" && compose logs)"
}
query() {
  compose run --rm -T client query balances TotalIssuance 2>"$folder/query.log" ||
    fail "$(cat "$folder/query.log")"
}
# Stops a part, which must end by itself, without an error and within 2 s.
stop() {
  local container start=$EPOCHREALTIME
  container=$(compose ps -q "$1")
  docker stop --time 10 "$container" >/dev/null
  local status
  status=$(docker inspect -f '{{.State.ExitCode}}' "$container")
  [ "$status" = 0 ] || fail "$1 ended with $status"
  [ "$(echo "$EPOCHREALTIME - $start <= 2" | bc)" = 1 ] || fail "$1 took longer than 2 s to stop"
}
# The key to which commands are sealed, which outlives restarts.
identity() {
  compose exec -T worker pruntime info --json | grep -o '"ecdh_public_key":"[0-9a-f]*"' | sort -u
}

step "engine" . scripts/containers/engine.sh "$folder"
step "base image, from Debian's packages" . scripts/containers/base.sh "$folder/base"
sh scripts/prepare.sh >/dev/null
measurement=$(sha256sum enclave/dist/enclave.mjs | cut -c1-64)
version=$(node -p 'require("./package.json").version')
step "image" build
head -c 32 /dev/urandom | sha256sum | cut -c1-64 >"$folder/operator-token"
chmod 755 "$folder" && chmod 644 "$folder/operator-token"
export PRUNTIME_IMAGE=pruntime-try PRUNTIME_PORT=0 PRUNTIME_TOKEN_FILE=$folder/operator-token
up=1
step "chain, worker and relay are healthy" start
step "query from a fourth container" query
before=$(identity)
for part in relay worker chain; do step "stop of the $part, exit status 0" stop $part; done
step "start on the same volumes" start
step "query from a fourth container" query
[ "$(identity)" = "$before" ] || fail "the worker has another identity after the restart"
docker image inspect -f '{{.Size}}' pruntime-try | awk '{printf "image: %.0f MB\n", $1 / 1e6}'
