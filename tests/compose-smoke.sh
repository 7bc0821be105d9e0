#!/usr/bin/env bash
# Walks through the flow of the README against a composed system. Exits with 1 at the first unexpected answer.
# Usage: tests/compose-smoke.sh [--up [COMPOSE FILE...]]
#   --up   starts the system first (with .env.example if there is no .env) and removes it with its volumes at the end
# Environment: BASE_URL (http://localhost:8080), MAIL_URL (http://localhost:8025), COMPOSE (docker compose)
set -euo pipefail
cd "$(dirname "$0")/.."
base=${BASE_URL:-http://localhost:8080} mail=${MAIL_URL:-http://localhost:8025}
read -ra compose <<< "${COMPOSE:-docker compose}"
body=$(mktemp)

finish() {
  local code=$?
  rm -f "$body"
  if [ -n "${up:-}" ]; then
    if [ "$code" -ne 0 ]; then "${compose[@]}" "${files[@]}" logs --tail 50; fi
    "${compose[@]}" "${files[@]}" down --volumes --timeout 5
    if [ -n "${own_env:-}" ]; then rm -f .env; fi
  fi
  exit "$code"
}
trap finish EXIT

if [ "${1:-}" = --up ]; then
  shift
  up=1 files=()
  for file in "$@"; do files+=(-f "$file"); done
  if [ ! -e .env ]; then cp .env.example .env; own_env=1; fi
  "${compose[@]}" "${files[@]}" up --detach --build
fi

step() { printf '%-90s' "$*"; }
fail() { printf 'FAILED\n%s\n' "$*" >&2; exit 1; }

# Usage: request STATUS METHOD PATH [CURL ARGUMENT...]. Writes the body of the answer to $body.
request() {
  local expected=$1 method=$2 path=$3
  shift 3
  local status
  status=$(curl --silent --show-error --max-time 10 --output "$body" --write-out '%{http_code}' \
    --request "$method" "$base$path" "$@") || true
  [ "$status" = "$expected" ] || fail "$method $path was answered $status instead of $expected: $(cat "$body")"
}
json() { request "$1" "$2" "$3" --header 'Content-Type: application/json' --data "$4" "${@:5}"; }
field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" "$body"; }

step "The service is ready (waits for up to 3 minutes)"
for _ in $(seq 180); do
  if curl --silent --fail --max-time 5 --output /dev/null "$base/health/ready"; then ready=1; break; fi
  sleep 1
done
[ -n "${ready:-}" ] || fail "$base/health/ready did not answer 200"
echo ok

email="smoke-$(date +%s)-$RANDOM@example.com" password="correct horse battery $RANDOM"

step "Sign up"
json 201 POST /api/auth/register "{ \"email\": \"$email\", \"password\": \"$password\", \"displayName\": \"Ada\" }"
echo ok

step "Sign in with a forged X-Forwarded-For"
json 200 POST /api/auth/login "{ \"email\": \"$email\", \"password\": \"$password\" }" \
  --header 'X-Forwarded-For: 203.0.113.9'
access=$(field accessToken) refresh=$(field refreshToken)
echo ok

step "The current user, 20 times over all replicas"
for _ in $(seq 20); do request 200 GET /api/users/me --header "Authorization: Bearer $access"; done
echo ok

step "The session has the address of the client, not that of the proxy or the forged one"
request 200 GET /api/users/me/sessions --header "Authorization: Bearer $access"
address=$(field ipAddress)
case $address in 203.0.113.9 | 172.28.14.10) fail "the session has the address $address" ;; esac
echo "ok ($address)"

step "Refresh"
json 200 POST /api/auth/refresh "{ \"refreshToken\": \"$refresh\" }"
access=$(field accessToken)
echo ok

step "Public keys"
request 200 GET /.well-known/jwks.json
grep -q '"kid"' "$body" || fail "the answer has no key: $(cat "$body")"
echo ok

step "Forget the password, and get back in with the code from the mail catcher"
json 202 POST /api/auth/password/forgot "{ \"email\": \"$email\" }"
flow=$(field flowToken)
for _ in $(seq 60); do
  message=$(curl --silent --max-time 5 "$mail/api/v1/search?query=to:$email+subject:Reset" || true)
  id=$(sed -n 's/.*"ID":"\([^"]*\)".*/\1/p' <<< "$message" | head -1)
  [ -n "$id" ] && break
  sleep 1
done
[ -n "${id:-}" ] || fail "no mail came to $mail"
code=$(curl --silent --max-time 5 "$mail/view/$id.txt" | grep -oE '[0-9A-Z]{5}-[0-9A-Z]{5}' | head -1)
password="another horse and battery $RANDOM"
json 204 POST /api/auth/password/reset \
  "{ \"flowToken\": \"$flow\", \"code\": \"$code\", \"newPassword\": \"$password\" }"
json 200 POST /api/auth/login "{ \"email\": \"$email\", \"password\": \"$password\" }"
access=$(field accessToken)
echo ok

step "Sign out, then every replica refuses the token within a second"
request 204 POST /api/auth/logout --header "Authorization: Bearer $access"
sleep 1
for _ in $(seq 20); do
  request 401 GET /api/users/me --header "Authorization: Bearer $access"
  grep -q token-revoked "$body" || fail "the code is not token-revoked: $(cat "$body")"
done
echo ok

echo "All steps passed at $base."
