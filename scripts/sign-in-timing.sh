#!/usr/bin/env bash
# Sends refused sign-ins, requests of a forgotten password and sign-ups, in turn for addresses with and without an account.
# Prints both medians and their ratio. Fails when answers differ in more than the date, the traceId and the flow token, or
# when medians differ by more than 10 %.
# Uses a temporary database. Run it on a machine with little other work.
# Usage: scripts/sign-in-timing.sh [PAIRS]   (default: 400)
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,6s/^# //p' "$0"; exit ;; esac
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet publish src/WebApi --configuration Release --use-current-runtime --self-contained false \
  -p:PublishReadyToRun=true --output "$folder/service" --verbosity quiet --nologo
dotnet run --configuration Release --project bench/Benchmarks -- \
  sign-in-timing "$folder/service/CleanJwt.WebApi.dll" "${1:-400}"
