#!/usr/bin/env bash
# Signs in with addresses that nobody has and with wrong passwords, in turn, and prints both medians and their ratio.
# Fails when the two are answered differently in anything but the traceId, or when the medians are not within 10 % of each other.
# Usage: scripts/sign-in-timing.sh [PAIRS]   (400, on a database of its own; on a machine with little else to do)
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,4s/^# //p' "$0"; exit ;; esac
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet publish src/WebApi --configuration Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
  --output "$folder/service" --verbosity quiet --nologo
dotnet run --configuration Release --project bench/Benchmarks -- sign-in-timing "$folder/service/CleanJwt.WebApi.dll" "${1:-400}"
