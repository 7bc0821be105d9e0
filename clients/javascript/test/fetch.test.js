import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { password, rejection, useService } from './support/setup.js';

// The client learns that its token has expired from the service alone: its monotonic clock stands still, as in a
// browser on a sleeping laptop. The service takes a token for 5 s longer than its lifetime.
const service = useService({ Jwt__AccessTokenLifetime: '00:00:01' });
const sleepOfLaptop = () => new Promise((done) => setTimeout(done, 6500));

/** An API of the application's own, on an origin of its own. */
const api = http.createServer((request, response) => {
  let body = '';
  request.on('data', (data) => (body += data));
  request.on('end', () => {
    requests.push({ line: `${request.method} ${request.url}`, token: request.headers.authorization, body });
    const { status = 200, headers = {} } = answers.shift() ?? {};
    response.writeHead(status, headers).end('done');
  });
});
/** @type {{ line: string, token?: string, body: string }[]} */
let requests = [];
/** @type {{ status?: number, headers?: Record<string, string> }[]} */
let answers = [];
let origin = '';

before(async () => {
  await new Promise((done) => api.listen(0, '127.0.0.1', () => done(undefined)));
  origin = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (api.address()).port}`;
});
after(() => {
  api.close();
  api.closeAllConnections();
});
beforeEach(() => {
  requests = [];
  answers = [];
});

describe('fetch', () => {
  it('sends the token to the service and to the audiences', async () => {
    const { client, email } = await service.signedIn({ audiences: [`${origin}/any/path`] });
    const account = await (await client.fetch(`${service.url}/api/users/me`)).json();
    assert.equal(account.email, email);
    assert.equal((await client.fetch('/api/users/me')).status, 200, 'relative to the service outside a page');
    assert.equal((await client.fetch(new URL('/orders', origin))).status, 200);
    const headers = { 'x-own': '1' };
    await client.fetch(new Request(`${origin}/orders`, { method: 'POST', body: 'one', headers }));
    assert.deepEqual(requests.map(({ line, body }) => [line, body]), [['GET /orders', ''], ['POST /orders', 'one']]);
    for (const { token } of requests) assert.equal(token, `Bearer ${await client.accessToken()}`);
  });

  it('refuses every other origin, and sends nothing', async () => {
    const { client } = await service.signedIn();
    const { port } = new URL(service.url);
    const elsewhere = [
      `${origin}/orders`, `http://localhost:${port}/`, `https://127.0.0.1:${port}/`, `//127.0.0.1/`, 'data:,x',
      '\\\\a/b', `http://127.0.0.1:${port}@${new URL(origin).host}/`, new URL(origin), new Request(origin),
    ];
    for (const address of elsewhere) {
      assert((await rejection(client.fetch(address))) instanceof TypeError, `${address}`);
    }
    assert.deepEqual(requests, []);
  });

  it('gives no token to the origin of a redirect', async () => {
    const { client } = await service.signedIn({ audiences: [origin] });
    answers = [{ status: 302, headers: { location: `${service.url.replace('127.0.0.1', 'localhost')}/health/live` } }];
    await client.fetch(`${origin}/moved`);
    assert(requests[0].token);
    assert.equal(service.proxy.seen(/health/)[0].headers.authorization, undefined);
  });

  it('sends requests without a token where there is no session', async () => {
    const client = service.browser().tab({ audiences: [origin] });
    assert.equal((await client.fetch(`${origin}/public`)).status, 200);
    assert.equal(requests[0].token, undefined);
  });

  it('passes on every other answer and error of the API', async () => {
    const { client } = await service.signedIn({ audiences: [origin] });
    answers = [{ status: 503 }, { status: 401 }];
    assert.equal((await client.fetch(`${origin}/`)).status, 503);
    const refused = await client.fetch(`${origin}/`);
    assert.deepEqual([refused.status, await refused.text()], [401, 'done']);
    assert.equal(requests.length, 2);
    assert.equal(client.isSignedIn, true);
    const aborted = rejection(client.fetch(`${origin}/`, { signal: AbortSignal.abort() }));
    assert.equal(/** @type {Error} */ (await aborted).name, 'AbortError');
  });

  it('renews the token and repeats once, body and all', async () => {
    const { client } = await service.signedIn({ audiences: [origin] });
    const refused = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
    answers = [refused];
    assert.equal((await client.fetch(`${origin}/orders`, { method: 'POST', body: 'one' })).status, 200);
    assert.deepEqual(requests.map(({ body }) => body), ['one', 'one']);
    assert.notEqual(requests[0].token, requests[1].token);
    answers = [refused, refused];
    assert.equal((await client.fetch(`${origin}/orders`)).status, 401);
    assert.equal(requests.length, 4);
  });
});

describe('a laptop that slept', () => {
  it('makes one refresh for the calls that hear of the expired token', async () => {
    const clients = [await service.signedIn({ transport: 'cookie' }), await service.signedIn({ transport: 'body' })];
    const { now } = performance;
    try {
      const frozen = performance.now();
      performance.now = () => frozen;
      for (const { client, email } of clients) await client.signIn({ email, password });
      service.proxy.reset();
      await sleepOfLaptop();
      for (const { client, email } of clients) {
        const answers = await Promise.all([client.me(), client.me(), client.sessions()]);
        assert.equal(answers[0].email, email);
      }
      assert.equal(service.proxy.seen(/users\/me/).length, 12);
      assert.equal(service.proxy.seen(/refresh/).length, 2);
    } finally {
      performance.now = now;
    }
  });
});
