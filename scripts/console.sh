#!/bin/sh
# The console script of 2020, built on the `pruntime` command. Its subcommands are run, init, set-dataset,
# set-query, set-all and get-result. It calls any other action by name, with an optional input:
#   ./scripts/console.sh get_info
#   ./scripts/console.sh query '{"query_payload":"{\"Plain\":\"…\"}"}'
# PRUNTIME_OPERATOR and PRUNTIME_TOKEN_FILE name another worker than the one that `run` starts.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
export PRUNTIME_DATA="${PRUNTIME_DATA:-$here/.pruntime}"
pruntime() { node "$here/cli/bin/pruntime.mjs" "$@"; }
case "${1:-help}" in
  run) cd "$here" && exec npm start ;;
  set-dataset | set-query) pruntime "$@" --clear ;;
  init | get-result) pruntime "$@" ;;
  set-all) pruntime set-dataset --clear && pruntime set-query --clear ;;
  help | -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0" ;;
  *) pruntime console "$@" ;;
esac
