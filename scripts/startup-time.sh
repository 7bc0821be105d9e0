#!/usr/bin/env bash
# Prints the time from the start of the service to the first 200 of /health/ready, for a start on an empty folder and as
# the median of 5 later starts. A missed goal is no failure, since the time depends on the machine.
# Usage: scripts/startup-time.sh
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
pid=
cleanup() {
  if [ -n "$pid" ]; then kill -9 "$pid" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap cleanup EXIT

# ReadyToRun, as in the Dockerfile: without it, most of a start is compilation.
dotnet publish src/WebApi --configuration Release --use-current-runtime --self-contained false \
  -p:PublishReadyToRun=true --output "$folder/service" --verbosity quiet --nologo

# Sets $milliseconds.
start() {
  local begun
  begun=$(date +%s%N)
  ASPNETCORE_ENVIRONMENT=Development ASPNETCORE_URLS=http://127.0.0.1:0 \
    ConnectionStrings__Default="Data Source=$folder/data/cleanjwt.db" \
    dotnet "$folder/service/CleanJwt.WebApi.dll" --contentRoot "$folder/service" > "$folder/log" 2>&1 &
  pid=$!
  local address=
  until [ -n "$address" ] && curl --silent --fail --max-time 5 --output /dev/null "$address/health/ready"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      cat "$folder/log" >&2
      exit 1
    fi
    sleep 0.01
    address=$(sed -n 's/.*Now listening on: //p' "$folder/log")
  done
  milliseconds=$((($(date +%s%N) - begun) / 1000000))
  kill "$pid"
  wait "$pid" || true
  pid=
}

start
echo "first start on an empty folder: $milliseconds ms (goal: under 3000)"
later=()
for _ in 1 2 3 4 5; do
  start
  later+=("$milliseconds")
done
median=$(printf '%s\n' "${later[@]}" | sort -n | sed -n 3p)
echo "later starts: $median ms (goal: under 1500), the median of ${later[*]}"
