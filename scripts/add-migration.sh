#!/usr/bin/env bash
# Adds a migration of the given name for every provider, so that the providers stay in step.
# Usage: scripts/add-migration.sh NAME
set -euo pipefail
name=${1:?usage: scripts/add-migration.sh NAME}
cd "$(dirname "$0")/.."
dotnet tool restore
dotnet restore src/Infrastructure
for provider in Sqlite SqlServer; do
  dotnet ef migrations add "$name" --project src/Infrastructure --context "${provider}DbContext" \
    --output-dir "Persistence/Migrations/$provider"
done
