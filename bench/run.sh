#!/usr/bin/env bash
# Measures the service beside its peers, and writes a table and a chart to bench/results/.
# Usage: bench/run.sh [--rounds N] [--seconds N] [--accounts N] [--parts peers,flood,size,start]
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v wrk > /dev/null || ! command -v taskset > /dev/null; then
  echo "wrk and taskset are needed: install the packages 'wrk' and 'util-linux' (on Debian and Ubuntu: apt-get install wrk)." >&2
  exit 1
fi

published=artifacts/bench/published
echo "Publishing the service and its peers"
dotnet publish src/WebApi --configuration Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
  --output "$published/WebApi" --verbosity quiet --nologo
for peer in Bare HandWritten MapIdentityApi; do
  dotnet publish "bench/Peers/$peer" --configuration Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
    --output "$published/$peer" --verbosity quiet --nologo
done
exec dotnet run --configuration Release --project bench/Benchmarks -- side-by-side "$@"
