#!/usr/bin/env bash
# Sends mutated tokens, bodies, forms and headers to the service in one process. Prints progress and counts answers.
# Fails when the service accepts a mutant, answers 500, or refuses it in a form that the contract does not have.
# Each failure names the command that runs its case alone.
# Usage: scripts/fuzz.sh [CASES [SEED]]   (default: a million, and 1)
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,5s/^# //p' "$0"; exit ;; esac
cd "$(dirname "$0")/.."
export CLEANJWT_FUZZ_CASES=${1:-1000000} CLEANJWT_FUZZ_SEED=${2:-1}
echo "Builds, then runs $CLEANJWT_FUZZ_CASES cases of seed $CLEANJWT_FUZZ_SEED."
dotnet test tests/WebApi.FunctionalTests --filter FullyQualifiedName~Fuzzing.Mutants \
  --logger "console;verbosity=detailed"
