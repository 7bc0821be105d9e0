// Does one step of a client by its libraries alone and prints what they made of the answer, as JSON.
// ISSUER=http://localhost:5080 AUDIENCE=cleanjwt-api CLIENT_ID=orders CLIENT_SECRET=secret node client.js introspect TOKEN
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';

const issuer = new URL(process.env.ISSUER);
const audience = process.env.AUDIENCE;
const client = { client_id: process.env.CLIENT_ID };
const clientAuthentication = oauth.ClientSecretBasic(process.env.CLIENT_SECRET);
const insecure = { [oauth.allowInsecureRequests]: true }; // The issuer has no HTTPS.

async function discover(algorithm) {
  const response = await oauth.discoveryRequest(issuer, { ...insecure, algorithm });
  return oauth.processDiscoveryResponse(issuer, response);
}

const steps = {
  discover,

  async introspect(token) {
    const server = await discover('oauth2');
    const response = await oauth.introspectionRequest(server, client, clientAuthentication, token, insecure);
    return oauth.processIntrospectionResponse(server, client, response);
  },

  async revoke(token) {
    const server = await discover('oauth2');
    const response = await oauth.revocationRequest(server, client, clientAuthentication, token, insecure);
    await oauth.processRevocationResponse(response);
    return { status: response.status };
  },

  async validate(token) {
    const request = new Request('http://localhost/orders', { headers: { Authorization: `Bearer ${token}` } });
    return oauth.validateJwtAccessToken(await discover('oidc'), request, audience, insecure);
  },

  async verify(token) {
    const keys = createRemoteJWKSet(new URL((await discover('oidc')).jwks_uri));
    const { protectedHeader, payload } = await jwtVerify(token, keys, { issuer: process.env.ISSUER, audience, typ: 'at+jwt' });
    return { protectedHeader, payload };
  },
};

async function describe(error) {
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    return { code: error.code, status: error.status, challenges: error.cause, body: await error.response.json() };
  }

  return { code: error.code, message: error.message };
}

const [step, argument] = process.argv.slice(2);
const finding = await steps[step](argument).then(
  (result) => ({ result }),
  async (error) => ({ error: await describe(error) }),
);
console.log(JSON.stringify(finding));
