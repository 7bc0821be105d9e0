#!/usr/bin/env bash
# Rotates the signing keys three times within a minute while two nodes answer 200 requests a second, and prints how they were answered.
# Usage: scripts/rotation-load.sh [SECONDS [ROTATIONS]]   (at least 15 s a rotation)
set -euo pipefail
cd "$(dirname "$0")/.."
export CLEANJWT_ROTATION_SECONDS=${1:-60} CLEANJWT_ROTATIONS=${2:-3}
echo "Runs for $CLEANJWT_ROTATION_SECONDS s once everything is built."
dotnet test tests/WebApi.FunctionalTests --filter FullyQualifiedName~KeyRotationUnderLoad --logger "console;verbosity=detailed"
