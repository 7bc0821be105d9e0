#!/usr/bin/env bash
# Measures the service beside its peers, or two builds of it beside each other. Writes the results to bench/results.
# Usage: bench/run.sh --help
set -euo pipefail

# The folder of --beside is relative to the caller's folder.
arguments=("$@")
for ((i = 1; i < $#; i++)); do
  if [ "${arguments[i - 1]}" = --beside ]; then arguments[i]=$(realpath -- "${arguments[i]}"); fi
done
cd "$(dirname "$0")/.."

measure() { exec dotnet run --configuration Release --project bench/Benchmarks -- side-by-side "$@"; }
case ${1:-} in -h | --help) measure --help ;; esac

if ! command -v wrk > /dev/null || ! command -v taskset > /dev/null; then
  echo "wrk and taskset are needed: install the packages 'wrk' and 'util-linux'" \
    "(on Debian and Ubuntu: apt-get install wrk)." >&2
  exit 1
fi

published=artifacts/bench/published
publish() {
  dotnet publish "$1" --configuration Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
    --output "$published/$(basename "$1")" --verbosity quiet --nologo
}

echo "Publishing the service and its peers"
for project in src/WebApi bench/Peers/Bare bench/Peers/HandWritten bench/Peers/MapIdentityApi; do
  publish "$project"
done
measure "${arguments[@]}"
