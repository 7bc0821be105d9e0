#!/usr/bin/env bash
# Builds the tests and runs the quick ones: all but the categories Process, Load and Exhaustive. 'dotnet test' and .ci/run run every test.
# The quick tests take less than a minute on two idle processors, without the build. They need .NET alone: no Node, no browser, no Docker.
# Usage: scripts/test.sh [FILTER]   such as FullyQualifiedName~Refresh, as 'dotnet test --filter' takes it
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,4s/^# //p' "$0"; exit ;; esac
cd "$(dirname "$0")/.."

dotnet build tests/Quick.slnf --nologo --verbosity quiet
started=$SECONDS
filter="TestCategory!=Process&TestCategory!=Load&TestCategory!=Exhaustive${1:+&($1)}"
assemblies=()
for project in Domain.UnitTests Application.UnitTests Architecture.Tests Infrastructure.IntegrationTests WebApi.FunctionalTests; do
  assemblies+=("tests/$project/bin/Debug/net10.0/CleanJwt.$project.dll")
done

# A test run compiles more than it executes. Without this protection of compiled code it takes a sixth less time.
export DOTNET_EnableWriteXorExecute=0
outcome=0
dotnet test "${assemblies[@]}" --filter "$filter" --logger "console;verbosity=minimal" -- RunConfiguration.MaxCpuCount=2 || outcome=$?
printf '\nThe tests took %s s.\n' "$((SECONDS - started))"
exit "$outcome"
