# A service that trusts the tokens of CleanJwt. GET /notes needs account:read, and POST /notes needs account:write.
# DELETE /notes needs account:write and a second factor.
# pip install -r requirements.txt && ISSUER=http://localhost:5080 AUDIENCE=cleanjwt-api PORT=5081 python3 server.py
import json
import os
import socket
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt

ISSUER = os.environ.get("ISSUER", "http://localhost:5080")
AUDIENCE = os.environ.get("AUDIENCE", "cleanjwt-api")
PORT = int(os.environ.get("PORT", "5081"))

socket.setdefaulttimeout(5)  # The default is to wait forever.

# Caches the keys for 5 minutes. Fetches them again when a token names an unknown key.
keys = jwt.PyJWKClient(f"{ISSUER}/.well-known/jwks.json", lifespan=300)


def verify(token):
    if jwt.get_unverified_header(token).get("typ") != "at+jwt":
        raise jwt.InvalidTokenError("The token is not an access token.")
    claims = jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["ES256"],
        issuer=ISSUER,
        audience=AUDIENCE,
        leeway=5,
        options={"require": ["exp", "sub"]},
    )
    return claims["sub"], claims.get("scope", "").split(" "), claims.get("acr")


# The signature of the token is valid. Only the issuer knows whether its session has ended since.
# 200: the session is active. 401: it has ended. Any other status leaves that open, so the request is refused.
def ask(token):
    question = urllib.request.Request(f"{ISSUER}/api/auth/token", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(question) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 503


# What the owner proved at the last sign-in must be one of these. The first is what the endpoint asks for, and the
# second is stronger (RFC 9470). A password alone is "urn:cleanjwt:acr:one-factor".
SECOND_FACTOR = ("urn:cleanjwt:acr:two-factor", "urn:cleanjwt:acr:phishing-resistant")


class Notes(BaseHTTPRequestHandler):
    def do_GET(self):
        account = self.caller("account:read")
        if account:
            self.answer(200, body={"readBy": account})

    def do_POST(self):
        account = self.caller("account:write", unless_revoked=True)
        if account:
            self.answer(200, body={"writtenBy": account})

    def do_DELETE(self):
        account = self.caller("account:write", acrs=SECOND_FACTOR, unless_revoked=True)
        if account:
            self.answer(200, body={"deletedBy": account})

    # Returns the account of the request. Returns None when the request has been refused and answered.
    def caller(self, scope, acrs=None, unless_revoked=False):
        if self.path.split("?")[0] != "/notes":
            return self.answer(404)
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return self.answer(401, "Bearer")
        token = token.strip()
        try:
            account, scopes, acr = verify(token)
        except (jwt.PyJWTError, OSError):
            return self.answer(401, 'Bearer error="invalid_token"')
        if scope not in scopes:
            return self.answer(403, f'Bearer error="insufficient_scope", scope="{scope}"')
        if acrs and acr not in acrs:
            return self.answer(401, f'Bearer error="insufficient_user_authentication", acr_values="{acrs[0]}"')
        status = ask(token) if unless_revoked else 200
        if status == 401:
            return self.answer(401, 'Bearer error="invalid_token"')
        if status != 200:
            return self.answer(503)
        return account

    def answer(self, status, challenge=None, body=None):
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        if content:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


with ThreadingHTTPServer(("127.0.0.1", PORT), Notes) as server:
    print(f"Listening on http://127.0.0.1:{PORT}", flush=True)
    server.serve_forever()
