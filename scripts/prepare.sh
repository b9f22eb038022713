#!/bin/sh
# Makes a checkout runnable: installs the packages of the lockfile if needed, and builds what changed.
set -eu
cd "$(dirname "$0")/.."
node -e '
  const { node } = process.versions;
  const [major, minor] = node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) process.exit(0);
  console.error(`Node ${node} is too old: 20.19 or newer is needed.`);
  process.exit(1);
'
# The stamp is a copy of the lockfile that was installed. Packages that were installed by hand are used if
# they are newer than the lockfile.
stamp=node_modules/.installed
if ! cmp -s package-lock.json "$stamp"; then
  if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
    echo "Installing packages from the lockfile (once; a minute or so)…"
    npm ci --no-audit --no-fund --loglevel=error
  fi
  cp package-lock.json "$stamp"
fi
npm run --silent build
