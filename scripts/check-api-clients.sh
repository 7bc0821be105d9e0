#!/usr/bin/env bash
# Checks that clients can be generated from the OpenAPI document. Starts the built service on a temporary database,
# lints the document with Redocly, generates TypeScript types and a C# client, compiles both, and signs up, in and out
# with the client. Leaves nothing behind. Build the service before: dotnet build src/WebApi
# Usage: scripts/check-api-clients.sh   (takes about a minute; needs Node.js)
set -euo pipefail
case ${1:-} in -h | --help) sed -n '2,5s/^# //p' "$0"; exit ;; esac
cd "$(dirname "$0")/.."

redocly=2.77.0 openapi_typescript=7.13.0 typescript=5.9.3 nswag=14.7.1
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

folder=$(mktemp -d)
pid=
cleanup() {
  if [ -n "$pid" ]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" || true
  fi
  rm -rf "$folder"
}
trap cleanup EXIT

# Usage: step TEXT COMMAND... Prints the output of the command only if it fails.
step() {
  local begun=$SECONDS
  printf '%-58s' "$1"
  if ! "${@:2}" > "$folder/output" 2>&1; then
    printf 'FAILED\n'
    cat "$folder/output"
    exit 1
  fi
  printf 'ok (%s s)\n' "$((SECONDS - begun))"
}

service=$PWD/src/WebApi/bin/Debug/net10.0/CleanJwt.WebApi.dll
address=
start() {
  if [ ! -e "$service" ]; then
    echo "There is no $service. Run: dotnet build src/WebApi"
    return 1
  fi
  ASPNETCORE_ENVIRONMENT=Development ASPNETCORE_URLS=http://127.0.0.1:0 Mail__Transport=None \
    ConnectionStrings__Default="Data Source=$folder/service/cleanjwt.db" \
    dotnet "$service" --contentRoot "$folder/service" > "$folder/log" 2>&1 &
  pid=$!
  for _ in $(seq 600); do
    address=$(sed -n 's/.*Now listening on: //p' "$folder/log")
    if [ -n "$address" ] && curl --silent --fail --output /dev/null "$address/health/ready"; then return; fi
    if ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  cat "$folder/log"
  return 1
}

download() {
  curl --silent --show-error --fail --max-time 10 --output "$folder/openapi.json" "$address/openapi/v1.json"
}

# Takes the tools of the JavaScript client if they are installed.
install() {
  bin=$PWD/clients/javascript/node_modules/.bin
  if [ ! -x "$bin/redocly" ] || [ ! -x "$bin/openapi-typescript" ] || [ ! -x "$bin/tsc" ]; then
    npm install --prefix "$folder/npm" --no-audit --no-fund \
      "@redocly/cli@$redocly" "openapi-typescript@$openapi_typescript" "typescript@$typescript" || return
    bin=$folder/npm/node_modules/.bin
  fi
  dotnet tool install NSwag.ConsoleCore --version "$nswag" --tool-path "$folder/tools"
}

lint() { "$bin/redocly" lint "$folder/openapi.json" --config "$folder/redocly.yaml"; }

types() {
  "$bin/openapi-typescript" "$folder/openapi.json" --output "$folder/schema.d.ts" || return
  "$bin/tsc" --strict --noEmit "$folder/schema.d.ts" "$folder/sign-in.ts"
}

compare() { (cd clients/javascript && npm run types:check -- "$folder/openapi.json"); }

generate() {
  "$folder/tools/nswag" openapi2csclient "/input:$folder/openapi.json" "/output:$folder/client/CleanJwtClient.cs" \
    /classname:CleanJwtClient /namespace:CleanJwt.Client /useBaseUrl:false /jsonLibrary:SystemTextJson \
    /generateNullableReferenceTypes:true /generateOptionalPropertiesAsNullable:true
}

compile() { dotnet build "$folder/client" --output "$folder/client/out"; }

use() { dotnet "$folder/client/out/client.dll" "$address"; }

mkdir "$folder/service" "$folder/client"
cat > "$folder/redocly.yaml" << 'END'
extends: [recommended-strict]
rules:
  no-server-example.com: off # the service under test has a local address
  operation-4xx-response: off # the keys and the metadata take no input, so no request for them is wrong
  tag-description: warn # a new group of routes may do without
END
cat > "$folder/sign-in.ts" << 'END'
import type { components, operations } from './schema';

type Problem = components['schemas']['Problem'];
type Answers = operations['signIn']['responses'];
type Tokens = Answers[200]['content']['application/json'];
type Refusal = Answers[401]['content']['application/problem+json'];

export const lifetime = (tokens: Tokens): number => tokens.expiresIn;
export const code = (refusal: Refusal): Problem['code'] => refusal.code;
export const fields = (problem: Problem): string[] => Object.keys(problem.errors ?? {});
END
cat > "$folder/client/client.csproj" << 'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
</Project>
END
cat > "$folder/client/Program.cs" << 'END'
using System.Net.Http.Headers;
using CleanJwt.Client;

const string Email = "ada@example.com", Password = "correct horse battery staple";
using var http = new HttpClient { BaseAddress = new Uri(args[0]) };
var client = new CleanJwtClient(http);

var account = await client.RegisterAsync(new() { Email = Email, Password = Password, DisplayName = "Ada" });
await RefusedAsync(401, "invalid-credentials", client.SignInAsync(null, new() { Email = Email, Password = "wrong" }));
var tokens = await client.SignInAsync(null, new() { Email = Email, Password = Password });
tokens = await client.RefreshAsync(null, new() { RefreshToken = tokens.RefreshToken });
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(tokens.TokenType, tokens.AccessToken);
Check((await client.GetAccountAsync(null)).Id == account.Id, "the account is another one");
Check((await client.ListSessionsAsync()).Items.Single().Id == tokens.SessionId, "the session is another one");
Check((await client.ListActivityAsync(limit: 1, after: null)).Next is not null, "there is no second page");
Check((await client.GetKeysAsync()).Keys.Count > 0, "there are no keys");
await client.SignOutAsync(null, null);
await RefusedAsync(401, "token-revoked", client.GetAccountAsync(null));

static void Check(bool isTrue, string otherwise)
{
    if (!isTrue)
    {
        throw new InvalidOperationException(otherwise);
    }
}

static async Task RefusedAsync(int status, string code, Task request)
{
    try
    {
        await request;
    }
    catch (ApiException<Problem> exception) when (exception.StatusCode == status && exception.Result.Code == code)
    {
        return;
    }

    throw new InvalidOperationException($"The request was not refused with {status} {code}.");
}
END

step "Start the service" start
step "Download the OpenAPI document" download
step "Install the generators" install
step "Lint the document with Redocly" lint
step "Generate and compile types for TypeScript" types
if [ -d clients/javascript/node_modules ]; then
  step "Compare the types of the JavaScript client" compare
fi
step "Generate a client for C# with NSwag" generate
step "Compile the client" compile
step "Sign up, in and out with the client" use
echo "Clients can be generated from the OpenAPI document ($(wc -c < "$folder/openapi.json") bytes)."
