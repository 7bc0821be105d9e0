import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import { CleanJwtError } from '@cleanjwt/client';
import { accessTokenFor } from '@cleanjwt/client/server';
import { unavailable } from './support/proxy.js';
import { rejection, useService } from './support/setup.js';

const service = useService();

/** The request of a page that a browser sends to the server that renders it. */
async function pageRequest() {
  const { browser, client, account } = await service.signedIn();
  const [[name, value]] = browser.cookies;
  const cookie = `theme=dark; ${name}=${value}; other=1`;
  return { browser, client, account, cookie, request: new Request('http://app.example/', { headers: { cookie } }) };
}

describe('accessTokenFor', () => {
  it('gives the server a token of the browser\'s session', async () => {
    const { request, account, client } = await pageRequest();
    const token = await accessTokenFor(request, { url: service.url, origin: service.url });
    assert(token);
    assert.equal(token.sessionId, client.sessionId);
    assert(token.expiresIn > 500);
    const headers = { authorization: `Bearer ${token.accessToken}` };
    const response = await fetch(`${service.url}/api/users/me`, { headers });
    assert.equal((await response.json()).id, account.id);
  });

  it('spends nothing: the browser goes on with its cookie', async () => {
    const { request, browser, account } = await pageRequest();
    for (let i = 0; i < 3; i++) await accessTokenFor(request, { url: service.url, origin: service.url });
    assert.equal((await browser.tab().restore())?.id, account.id);
  });

  it('takes a request of Node', async () => {
    const { cookie, account } = await pageRequest();
    /** @type {unknown} */
    let sub;
    const server = http.createServer(async (request, response) => {
      const token = await accessTokenFor(request, { url: `${service.url}/`, origin: service.url });
      sub = JSON.parse(atob(token?.accessToken.split('.')[1] ?? '')).sub;
      response.end();
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await fetch(`http://127.0.0.1:${port}`, { headers: { cookie } });
    server.close();
    server.closeAllConnections();
    assert.equal(sub, account.id);
  });

  it('forwards the session cookie alone', async () => {
    const { request } = await pageRequest();
    await accessTokenFor(request, { url: service.url, origin: service.url });
    const { headers } = service.proxy.seen(/refresh/)[0];
    assert.match(headers.cookie ?? '', /^cleanjwt=[^;]+$/);
    assert.equal(headers.origin, service.url);
  });

  it('knows the name of the cookie under https', async () => {
    /** @type {(string | null)[]} */
    const sent = [];
    const request = { headers: { cookie: 'x__Host-Http-cleanjwt=1; __Host-Http-cleanjwt=2; not-cleanjwt=3' } };
    await accessTokenFor(request, {
      url: 'https://auth.example',
      origin: 'https://app.example',
      fetch: async (_, init) => {
        sent.push(new Headers(init?.headers).get('cookie'));
        return new Response(undefined, { status: 204 });
      },
    });
    assert.deepEqual(sent, ['__Host-Http-cleanjwt=2']);
  });

  it('narrows the scope', async () => {
    const { request } = await pageRequest();
    const token = await accessTokenFor(request, { url: service.url, origin: service.url, scope: 'account:read' });
    assert.equal(/** @type {any} */ (token).scope, 'account:read');
  });

  it('answers undefined where there is no session', async () => {
    const { request, client } = await pageRequest();
    const options = { url: service.url, origin: service.url };
    assert.equal(await accessTokenFor(new Request('http://app.example/'), options), undefined);
    assert.equal(await accessTokenFor({ headers: {} }, options), undefined);
    assert.equal(service.proxy.seen(/refresh/).length, 0);
    await client.signOut();
    assert.equal(await accessTokenFor(request, options), undefined);
    assert.equal(service.proxy.seen(/refresh/).length, 1);
  });

  it('rejects where the service refuses the origin or does not answer', async () => {
    const { request } = await pageRequest();
    const foreign = await rejection(accessTokenFor(request, { url: service.url, origin: 'https://evil.example' }));
    assert(foreign instanceof CleanJwtError);
    assert.equal(foreign.code, 'cross-origin-request');

    const options = { url: service.url, origin: service.url };
    service.proxy.fail(/refresh/, { lost: true });
    assert.equal((await rejection(accessTokenFor(request, options))).code, 'unreachable');
    service.proxy.fail(/refresh/, unavailable(7));
    const busy = await rejection(accessTokenFor(request, options));
    assert.deepEqual([busy.code, busy.status, busy.retryAfter], ['service-unavailable', 503, 7]);
    service.proxy.fail(/refresh/, { status: 502, body: '<h1>Sorry</h1>' });
    assert.equal((await rejection(accessTokenFor(request, options))).code, 'http-502');
  });
});
