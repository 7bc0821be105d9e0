#!/usr/bin/env bash
# Rotates the signing keys three times a minute while two nodes answer 200 requests a second. Counts the answers.
# Usage: scripts/rotation-load.sh [SECONDS [ROTATIONS]]   (at least 15 s per rotation)
set -euo pipefail
cd "$(dirname "$0")/.."
export CLEANJWT_ROTATION_SECONDS=${1:-60} CLEANJWT_ROTATIONS=${2:-3}
echo "Builds, then runs for $CLEANJWT_ROTATION_SECONDS s."
dotnet test tests/Process.Tests --filter FullyQualifiedName~KeyRotationUnderLoad \
  --logger "console;verbosity=detailed"
