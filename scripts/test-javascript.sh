#!/usr/bin/env bash
# Checks and tests the JavaScript of the repository: the client, and the sample of a frontend, which also tests the code
# of docs/frontends.md. All of them use the built service. Build it before: dotnet build src/WebApi
# Usage: scripts/test-javascript.sh   (takes some minutes; needs Node.js 20 or newer, and Chromium for the pages)
# The counts of each run are in artifacts/test-results/*.tap.
set -uo pipefail
case ${1:-} in -h | --help) sed -n '2,5s/^# //p' "$0"; exit ;; esac
cd "$(dirname "$0")/.."

results=$PWD/artifacts/test-results
mkdir -p "$results"
outcome=0

# Usage: run NAME FOLDER COMMAND...
run() {
  local begun=$SECONDS
  printf '%s: ' "$1"
  if (cd "$2" && "${@:3}") > "$results/$1.log" 2>&1; then
    printf 'ok (%s s)\n' "$((SECONDS - begun))"
  else
    printf 'FAILED (%s s)\n' "$((SECONDS - begun))"
    cat "$results/$1.log"
    outcome=1
  fi
}

# Usage: tests NAME FOLDER FILE...
tests() {
  run "$1-tests" "$2" node --test --test-concurrency=1 \
    --test-reporter=tap --test-reporter-destination="$results/$1.tap" --test-reporter=spec --test-reporter-destination=stdout "${@:3}"
}

install=(npm ci --no-audit --no-fund)
run client-install clients/javascript "${install[@]}"
run client-check clients/javascript npm run check
tests client clients/javascript $(cd clients/javascript && ls test/*.test.js)
run sample-install samples/spa "${install[@]}"
tests sample samples/spa test/frontends.test.js test/spa.test.js
exit "$outcome"
