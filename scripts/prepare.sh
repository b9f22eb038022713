#!/bin/sh
# Makes a checkout runnable: installs exactly what the lockfile says when it is not there yet, then builds what changed.
set -eu
cd "$(dirname "$0")/.."
node -e 'const [a,b]=process.versions.node.split(".").map(Number); if (a<20||(a===20&&b<19)) { console.error(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`); process.exit(1); }'
stamp=node_modules/.installed
if [ ! -f "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
  echo "Installing packages from the lockfile (once; a minute or so)…"
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json "$stamp"
fi
npm run --silent build
