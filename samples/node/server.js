// A service that trusts the tokens of CleanJwt. GET /notes needs account:read, and POST /notes needs account:write.
// DELETE /notes needs account:write and a second factor.
// npm ci && ISSUER=http://localhost:5080 AUDIENCE=cleanjwt-api PORT=5081 npm start
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const issuer = process.env.ISSUER ?? 'http://localhost:5080';
const audience = process.env.AUDIENCE ?? 'cleanjwt-api';
const port = process.env.PORT ?? '5081';

// Caches the keys for 5 minutes. Fetches them again when a token names an unknown key, at most once in 5 seconds.
const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), {
  cacheMaxAge: 300_000,
  cooldownDuration: 5_000,
});

async function verify(token) {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience,
    typ: 'at+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['exp', 'sub'],
    clockTolerance: 5,
  });
  return { account: payload.sub, scopes: String(payload.scope).split(' '), acr: payload.acr };
}

// The signature of the token is valid. Only the issuer knows whether its session has ended since.
// 200: the session is active. 401: it has ended. Any other status leaves that open, so the request is refused.
async function ask(token) {
  try {
    const answer = await fetch(`${issuer}/api/auth/token`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    return answer.status;
  } catch {
    return 503;
  }
}

const needed = { GET: 'account:read', POST: 'account:write', DELETE: 'account:write' };

// What the owner proved at the last sign-in must be one of these. The first is what the endpoint asks for, and the
// second is stronger (RFC 9470). A password alone is "urn:cleanjwt:acr:one-factor".
const secondFactor = ['urn:cleanjwt:acr:two-factor', 'urn:cleanjwt:acr:phishing-resistant'];

async function answer(request) {
  const scope = needed[request.method];
  if (request.url.split('?')[0] !== '/notes' || !scope) {
    return { status: 404 };
  }

  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) {
    return { status: 401, challenge: 'Bearer' };
  }

  let caller;
  try {
    caller = await verify(token);
  } catch {
    return { status: 401, challenge: 'Bearer error="invalid_token"' };
  }

  if (!caller.scopes.includes(scope)) {
    return { status: 403, challenge: `Bearer error="insufficient_scope", scope="${scope}"` };
  }

  if (request.method === 'GET') {
    return { status: 200, body: { readBy: caller.account } };
  }

  if (request.method === 'DELETE' && !secondFactor.includes(caller.acr)) {
    const challenge = `Bearer error="insufficient_user_authentication", acr_values="${secondFactor[0]}"`;
    return { status: 401, challenge };
  }

  switch (await ask(token)) {
    case 200:
      return { status: 200, body: { [request.method === 'DELETE' ? 'deletedBy' : 'writtenBy']: caller.account } };
    case 401:
      return { status: 401, challenge: 'Bearer error="invalid_token"' };
    default:
      return { status: 503 };
  }
}

const server = createServer(async (request, response) => {
  const { status, challenge, body } = await answer(request);
  response.statusCode = status;
  if (challenge) {
    response.setHeader('WWW-Authenticate', challenge);
  }

  if (body) {
    response.setHeader('Content-Type', 'application/json');
  }

  response.end(body && JSON.stringify(body));
});

server.listen(Number(port), '127.0.0.1', () => console.log(`Listening on http://127.0.0.1:${port}`));
