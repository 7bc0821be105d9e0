#!/usr/bin/env bash
# Sends mutated tokens, bodies, forms and headers to the service in one process, and prints how far it is, and at the end how they were answered.
# Fails when a mutant is accepted, is a fault, or is refused in another form than the contract's; what was found says how to run that case alone.
# Usage: scripts/fuzz.sh [CASES [SEED]]   (a million, and 1)
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,4s/^# //p' "$0"; exit ;; esac
cd "$(dirname "$0")/.."
export CLEANJWT_FUZZ_CASES=${1:-1000000} CLEANJWT_FUZZ_SEED=${2:-1}
echo "Runs $CLEANJWT_FUZZ_CASES cases of seed $CLEANJWT_FUZZ_SEED once everything is built."
dotnet test tests/WebApi.FunctionalTests --filter FullyQualifiedName~Fuzzing.Mutants --logger "console;verbosity=detailed"
