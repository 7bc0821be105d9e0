// Runs every code block of docs/frontends.md against the service.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Authenticator } from '../../../clients/javascript/test/support/authenticator.js';
import { authenticatorApp } from '../../../clients/javascript/test/support/totp.js';
import { launch, noChromium } from './chromium.js';
import { Browser, freePort, newAccount, newEmail, password, start, startService } from './service.js';

const root = new URL('../../../', import.meta.url);
const page = await readFile(new URL('docs/frontends.md', root), 'utf8');
const fences = [...page.matchAll(/^```(\w+) ([\w.-]+)\n(.*?)^```$/gms)];
const blocks = new Map(fences.map(([, language, name, code]) => [`${language} ${name}`, code]));
const raw = ['session', 'sign-in', 'page-load', 'own-api', 'reauthenticate', 'sign-out'];
const used = new Set();

function block(name) {
  used.add(name);
  return blocks.get(name) ?? assert.fail(`docs/frontends.md has no block "${name}".`);
}

/** The settings of a block, as environment variables. */
const settingsOf = (name) =>
  Object.fromEntries(block(name).trim().split('\n').map((line) => /^(\w+)=(.*)$/.exec(line).slice(1)));

const platform = { fetch: globalThis.fetch };
const client = (file) => new URL(`clients/javascript/src/${file}.js`, root).href;
// Inside the sample, so that a block finds vite by its name.
const folder = new URL('.blocks/', import.meta.url);
let count = 0;

/** Imports a block as it stands, except for its addresses. Its fetch is that of a browser. */
async function load(code, { browser, addresses = {} } = {}) {
  if (browser) globalThis.fetch = browser.fetch;
  const all = {
    "'@cleanjwt/client/server'": `'${client('server')}'`,
    "'@cleanjwt/client'": `'${client('index')}'`,
    ...addresses,
  };
  for (const [from, to] of Object.entries(all)) code = code.replaceAll(from, to);
  await mkdir(folder, { recursive: true });
  const file = new URL(`${++count}.mjs`, folder);
  await writeFile(file, code);
  return import(file.href);
}

/** Serves what a frontend's own server answers, and forwards the rest to the service. */
async function pageServer(service, answers) {
  const server = http.createServer((request, response) => {
    const answer = answers[request.url]?.(request);
    if (answer) {
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify(answer.body ?? null));
      return;
    }
    const { method, headers } = request;
    const upstream = http.request(service.url + request.url, { method, headers }, (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    });
    request.pipe(upstream);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  servers.push(server);
  return `http://127.0.0.1:${server.address().port}`;
}

const servers = [];
const bearer = (request) => ({ body: request.headers.authorization ?? null });
const accountOf = (header) => JSON.parse(atob(header.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub;

let service;
before(async () => {
  service = await startService({ StepUp__MaxAge: '00:00:02', Jwt__AccessTokenLifetime: '00:00:31' });
});
afterEach(() => {
  globalThis.fetch = platform.fetch;
  delete globalThis.location;
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});
after(async () => {
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A browser whose page is on the origin of a server that forwards to the service. */
async function sameOrigin(answers = {}) {
  const origin = await pageServer(service, answers);
  globalThis.location = new URL(`${origin}/`);
  return new Browser({ origin, headers: { 'sec-fetch-site': 'same-origin' } });
}

describe('with the client', () => {
  it('on the same origin', async () => {
    const email = await newAccount(service);
    const browser = await sameOrigin({ '/orders': bearer });
    const seen = [];
    const app = await load(block('js client'), { browser });
    await app.start((account) => seen.push(account.email), () => seen.push('sign-in'));
    await app.signIn(email, password);
    await sleep(300);
    assert.match(await app.orders(), /^Bearer /);
    const reloaded = await load(block('js client') + '// after a reload', { browser });
    await reloaded.start((account) => seen.push(`again ${account.email}`), () => seen.push('again sign-in'));
    await app.signOut();
    await sleep(100);
    assert.deepEqual(seen.slice(0, 3), ['sign-in', email, `again ${email}`]);
    assert.deepEqual(seen.slice(3).sort(), ['again sign-in', 'sign-in']);
    assert.equal(browser.cookies.size, 0);
  });
});

describe('without the client', () => {
  const module = () => raw.map((name) => block(`js ${name}`)).join('\n');

  it('signs in, survives a reload, and signs out', async () => {
    const email = await newAccount(service);
    const browser = await sameOrigin();
    const app = await load(module(), { browser });
    await app.refresh();
    assert.equal(app.isSignedIn(), false);
    await assert.rejects(app.signIn(email, 'wrong'), { code: 'invalid-credentials', status: 401 });
    await app.signIn(email, password);
    const reloaded = await load(module(), { browser });
    assert.equal(reloaded.isSignedIn(), false);
    await Promise.all([reloaded.refresh(), reloaded.refresh()]);
    assert.equal(reloaded.isSignedIn(), true);
    assert.equal((await (await reloaded.call('/api/users/me')).json()).email, email);
    await reloaded.signOut();
    assert.equal(reloaded.isSignedIn(), false);
    assert.equal(browser.cookies.size, 0);
    const response = await app.call('/api/users/me');
    assert.equal((await response.json()).code, 'token-revoked');
    assert.equal(app.isSignedIn(), false);
  });

  it('uses a service on another origin of the site', async () => {
    const email = await newAccount(service);
    const browser = new Browser({ origin: 'http://127.0.0.1:3000', headers: { 'sec-fetch-site': 'same-site' } });
    const addresses = { "const service = ''": `const service = '${service.url}'` };
    const app = await load(module(), { browser, addresses });
    await app.signIn(email, password);
    assert.equal(browser.cookies.size, 1);
    const reloaded = await load(module(), { browser, addresses });
    await reloaded.refresh();
    assert.equal((await (await reloaded.call(`${service.url}/api/users/me`)).json()).email, email);
    await reloaded.signOut();
    assert.equal(browser.cookies.size, 0);
  });

  it('renews a token that an API refuses, and repeats the request once', async () => {
    const email = await newAccount(service);
    let requests = 0;
    const refused = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
    const browser = await sameOrigin({
      '/orders': (request) => (++requests === 1 ? refused : bearer(request)),
      '/never': () => refused,
    });
    const app = await load(module(), { browser });
    await app.signIn(email, password);
    assert.match(await (await app.call('/orders')).json(), /^Bearer /);
    assert.equal(requests, 2);
    assert.equal((await app.call('/never')).status, 401);
    assert.equal(app.isSignedIn(), true);
  });

  it('stays signed in while the service is away', async () => {
    const email = await newAccount(service);
    let away = false;
    const refresh = '/api/auth/refresh?transport=cookie';
    const busy = { status: 503, body: { status: 503, code: 'service-unavailable' } };
    const browser = await sameOrigin({ [refresh]: () => away && busy });
    const app = await load(module(), { browser });
    await app.signIn(email, password);
    away = true;
    await assert.rejects(app.refresh(), { code: 'service-unavailable' });
    assert.equal(app.isSignedIn(), true);
    away = false;
    await app.refresh();
    assert.equal(app.isSignedIn(), true);
  });

  it('proves the password again', async () => {
    const email = await newAccount(service);
    const browser = await sameOrigin();
    const app = await load(module(), { browser });
    await app.signIn(email, password);
    await sleep(3100); // longer than StepUp:MaxAge, and long enough for the token to be renewed
    let asked = 0;
    await app.deleteAccount(() => (asked++, { password }));
    assert.equal(asked, 1);
    assert.equal(app.isSignedIn(), false);
    await assert.rejects(app.signIn(email, password), { code: 'invalid-credentials' });
  });
});

describe('with a second factor', () => {
  /** Sets an authenticator app up. */
  async function withApp() {
    const email = await newAccount(service);
    const send = async (method, path, body, token) => {
      const response = await fetch(`${service.url}/api/${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 200);
      return response.json();
    };
    const { accessToken } = await send('POST', 'auth/login', { email, password });
    const { setupToken, secret } = await send('POST', 'users/me/totp', {}, accessToken);
    const code = authenticatorApp(secret);
    const { recoveryCodes } = await send('PUT', 'users/me/totp', { setupToken, code: await code() }, accessToken);
    return { email, code, recoveryCodes };
  }

  it('signs in and proves it again without the client', async () => {
    const { email, code, recoveryCodes } = await withApp();
    const browser = await sameOrigin();
    const app = await load(raw.map((name) => block(`js ${name}`)).join('\n'), { browser });
    const half = await app.signIn(email, password);
    assert.deepEqual(half.methods, ['totp', 'recovery-code']);
    assert.equal(app.isSignedIn(), false);
    await assert.rejects(app.completeSignIn(half, { code: '000000' }), { code: 'invalid-second-factor', status: 401 });
    await app.completeSignIn(half, { code: await code() });
    assert.equal(app.isSignedIn(), true);
    assert.equal(browser.cookies.size, 1);
    await sleep(3100);
    await app.deleteAccount(() => ({ password, recoveryCode: recoveryCodes[0] }));
    assert.equal(app.isSignedIn(), false);
  });

  it('signs in and proves it again with the client, and with a passkey', async () => {
    const { email, code, recoveryCodes } = await withApp();
    const browser = await sameOrigin();
    const unplug = new Authenticator(browser.page.origin).plugIn();
    try {
      const app = await load(block('js second-factors'), { browser });
      app.prompts.code = async () => ({ code: await code() });
      app.prompts.proof = (_, methods) => (methods ? { recoveryCode: recoveryCodes.pop() } : { password });
      assert.equal((await app.signIn(email, password)).email, email);
      assert.equal((await app.addPasskey('Phone')).name, 'Phone');
      assert.equal((await app.signInWithPasskey()).email, email);
      await sleep(3100);
      await app.deleteAccount();
      await assert.rejects(app.signInWithPasskey(), { code: 'unknown-passkey' });
    } finally {
      unplug();
    }
  });
});

it('in a native application', async () => {
  const email = await newAccount(service);
  const application = await load(block('js native'), { addresses: { 'https://auth.example.com': service.url } });
  const response = await fetch(`${service.url}/api/auth/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password }),
  });
  let kept = (await response.json()).refreshToken;
  const store = {
    get: async () => kept,
    set: async (token) => void (kept = token),
    delete: async () => void (kept = undefined),
  };
  const first = kept;
  const token = await application.renew(store);
  assert.notEqual(kept, first);
  assert.match(await application.renew(store), /^ey/);
  await fetch(`${service.url}/api/auth/logout`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  assert.equal(await application.renew(store), undefined);
  assert.equal(kept, undefined);
});

it('on a server that renders pages', async () => {
  const email = await newAccount(service);
  const browser = new Browser({ origin: service.url });
  await browser.post(`${service.url}/api/auth/login?transport=cookie`, { email, password });
  const addresses = { 'https://auth.example.com': service.url, 'https://app.example.org': service.url };
  const server = await load(block('js server'), { addresses });
  const bare = await load(block('js server-raw'), { addresses });
  for (const headers of [{ cookie: browser.cookieHeader }, new Headers({ cookie: browser.cookieHeader })]) {
    assert.equal((await server.load({ headers })).account.email, email);
  }
  assert.equal((await server.load({ headers: {} })).account, null);
  assert.match(await bare.accessToken(browser.cookieHeader), /^ey/);
  assert.equal(await bare.accessToken(''), undefined);

  const answer = await browser.post(`${service.url}/api/auth/refresh?transport=cookie`, { rotate: false });
  assert.equal(answer.status, 200);
  assert.equal(browser.setCookies.length, 1); // that of the sign-in
  const inTheBody = await browser.post(`${service.url}/api/auth/refresh`, { refreshToken: 'x', rotate: false });
  assert.equal(inTheBody.status, 400);
  assert.equal((await inTheBody.json()).code, 'validation-failed');
});

it('on the account pages', async () => {
  const app = await load(block('js account-pages'));
  let target;
  globalThis.location = { href: 'https://app.example.com/orders?page=2', assign: (url) => void (target = url) };
  app.signInOnTheAccountPage(service.url);
  assert.equal(new URL(target).searchParams.get('returnTo'), 'https://app.example.com/orders?page=2');
  const response = await fetch(target);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/html/);
  const origin = 'http://localhost:3000';
  const module = await fetch(`${service.url}/account/assets/client.js`, { headers: { origin } });
  assert.match(module.headers.get('content-type'), /^text\/javascript/);
  assert.equal(module.headers.get('access-control-allow-origin'), origin);
});

it('the errors have these codes', async () => {
  const document = await (await fetch(`${service.url}/openapi/v1.json`)).text();
  const rows = [...page.split('\n## Errors')[1].matchAll(/^\| (`.*?`) \| (\d{3}) \|/gm)];
  assert.ok(rows.length > 8);
  for (const [, codes] of rows) {
    for (const [, code] of codes.matchAll(/`([\w-]+)`/g)) assert.ok(document.includes(code), code);
  }
});

// As in production: an https issuer, and proxies between it and the browser.
describe('with an https issuer', () => {
  let sameSite;
  let files;
  const css = 'css example.css';

  before(async () => {
    files = await mkdtemp(join(tmpdir(), 'cleanjwt-look-'));
    await writeFile(join(files, 'example.css'), block(css));
    const look = settingsOf('sh look');
    look.AccountPages__Stylesheet = join(files, look.AccountPages__Stylesheet.replace('/etc/cleanjwt/', ''));
    sameSite = await startService({
      ASPNETCORE_ENVIRONMENT: 'Production', ...settingsOf('sh same-site'), ...settingsOf('sh rendering'), ...look,
    });
  });
  after(async () => {
    await sameSite?.stop();
    if (files) await rm(files, { recursive: true, force: true });
  });

  it('a page of the same site signs in', async () => {
    const origin = 'https://app.example.com';
    const email = await newAccount(sameSite, origin);
    const browser = new Browser({ origin, headers: { 'sec-fetch-site': 'same-site' } });
    globalThis.location = new URL(`${origin}/`);
    const api = await pageServer(sameSite, { '/orders': bearer });
    const addresses = { 'https://auth.example.com': sameSite.url, 'https://api.example.com': api };
    const app = await load(block('js same-site'), { browser, addresses });
    const account = await app.signIn(email, password);
    assert.equal(accountOf(await app.orders()), account.id);
    assert.match(browser.setCookies[0], /; samesite=lax/); // of the block "rendering"
    assert.deepEqual([...browser.cookies.keys()], ['__Host-Http-cleanjwt']);
  });

  it('other pages are refused', async () => {
    const refresh = async (headers) => {
      const response = await fetch(`${sameSite.url}/api/auth/refresh?transport=cookie`, {
        method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}',
      });
      return response.status === 204 ? 204 : `${response.status} ${(await response.json()).code}`;
    };
    const refused = '403 cross-origin-request';
    const itself = sameSite.url; // the request's Host, which is not the issuer here
    assert.equal(await refresh({ 'sec-fetch-site': 'same-origin' }), 204);
    assert.equal(await refresh({ origin: 'https://auth.example.com', 'sec-fetch-site': 'same-site' }), 204);
    assert.equal(await refresh({ origin: 'https://app.example.com', 'sec-fetch-site': 'same-site' }), 204);
    assert.equal(await refresh({ origin: itself }), 204);
    assert.equal(await refresh({ origin: itself, 'sec-fetch-site': 'same-site' }), refused);
    assert.equal(await refresh({ origin: 'https://other.example.com', 'sec-fetch-site': 'same-site' }), refused);
    assert.equal(await refresh({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }), refused);
    assert.equal(await refresh({ 'sec-fetch-site': 'none' }), refused);
    assert.equal(await refresh({}), refused);
  });

  it('the account pages have the look of the stylesheet', async () => {
    const html = await (await fetch(`${sameSite.url}/account`)).text();
    assert.match(html, /<title>Example<\/title>/);
    assert.match(html, /operator\.css/);
    assert.equal(await (await fetch(`${sameSite.url}/account/assets/operator.css`)).text(), block(css));
    const style = await (await fetch(`${sameSite.url}/account/assets/style.css`)).text();
    for (const [variable] of block(css).matchAll(/--[\w-]+/g)) assert.ok(style.includes(`${variable}:`), variable);
  });
});

describe('on another site', () => {
  let otherSite;
  before(async () => {
    const settings = settingsOf('sh another-site');
    settings.ForwardedHeaders__KnownProxies__0 = '127.0.0.1';
    otherSite = await startService({ ASPNETCORE_ENVIRONMENT: 'Production', ...settings });
  });
  after(() => otherSite?.stop());

  it('Vite forwards', async () => {
    const { createServer } = await import('vite');
    const port = await freePort();
    await mkdir(folder, { recursive: true });
    const configFile = fileURLToPath(new URL('vite.config.js', folder));
    await writeFile(configFile, block('js vite.config.js').replace('http://localhost:5080', service.url));
    const vite = await createServer({
      configFile, root: fileURLToPath(folder), logLevel: 'error', server: { port, host: '127.0.0.1' },
    });
    await vite.listen();
    try {
      const origin = `http://127.0.0.1:${port}`;
      const browser = new Browser({ origin, headers: { 'sec-fetch-site': 'same-origin' } });
      const email = await newAccount(service);
      assert.equal((await browser.post(`/api/auth/login?transport=cookie`, { email, password })).status, 200);
      assert.equal(browser.cookies.size, 1);
      assert.equal((await browser.post(`/api/auth/refresh?transport=cookie`, {})).status, 200);
      assert.match(await (await browser.fetch('/account/sign-in')).text(), /account\/assets\/main\.js/);
      assert.equal((await browser.fetch('/accounting')).headers.get('content-security-policy'), null);
    } finally {
      await vite.close();
    }
  });

  it('Next.js forwards', async () => {
    const { default: config } = await load(block('js next.config.mjs'), {
      addresses: { 'https://auth.example.com': otherSite.url },
    });
    const rewrites = await config.rewrites();
    const resolve = (path) => {
      const { source, destination } = rewrites.find((rule) => path.startsWith(rule.source.split(':')[0]));
      return destination.replace(':path*', path.slice(source.split(':')[0].length));
    };
    // Next.js sends its destination as Host, and the headers of the browser.
    const browser = new Browser({ origin: 'https://app.example.org' });
    const email = await newAccount(otherSite, 'https://app.example.org');
    const response = await browser.post(resolve('/api/auth/login?transport=cookie'), { email, password });
    assert.equal(response.status, 200);
    assert.equal(resolve('/account/sign-in'), `${otherSite.url}/account/sign-in`);
  });

  describe('nginx', { skip: missing('nginx', '-v') || missing('openssl', 'version') }, () => {
    let nginx;
    let files;
    let port;
    let certificate;

    before(async () => {
      files = await mkdtemp(join(tmpdir(), 'cleanjwt-nginx-'));
      port = await freePort();
      const made = spawnSync('openssl', [
        'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1',
        '-subj', '/CN=app.example.org', '-addext', 'subjectAltName=DNS:app.example.org',
        '-keyout', join(files, 'app.example.org.key'), '-out', join(files, 'app.example.org.pem'),
      ]);
      assert.equal(made.status, 0, String(made.stderr));
      certificate = await readFile(join(files, 'app.example.org.pem'));
      const server = block('nginx app.example.org.conf')
        .replace('listen 443', `listen 127.0.0.1:${port}`)
        .replaceAll('/etc/ssl/', `${files}/`)
        .replace('/var/www/app', files)
        .replace('http://10.1.0.5:8080', otherSite.url);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${files}/${name};`).join('\n');
      await writeFile(join(files, 'nginx.conf'), `
        ${process.getuid() === 0 ? 'user root;' : ''} daemon off; worker_processes 1; pid ${files}/pid;
        error_log stderr warn; events {}
        http { access_log off; types { text/javascript js; text/html html; } ${temporary} ${server} }`);
      await writeFile(join(files, 'index.html'), '<!doctype html><title>App</title>');
      await writeFile(join(files, 'session.js'), raw.map((name) => block(`js ${name}`)).join('\n'));
      const args = ['-c', join(files, 'nginx.conf'), '-p', files, '-e', 'stderr'];
      const checked = spawnSync('nginx', ['-t', ...args], { encoding: 'utf8' });
      assert.equal(checked.status, 0, checked.stderr);
      const isReady = () => request('GET', '/').then(() => true, () => false);
      nginx = await start('nginx', args, { env: process.env, isReady });
    });
    after(async () => {
      await nginx?.stop();
      if (files) await rm(files, { recursive: true, force: true });
    });

    function request(method, path, { body, headers, localAddress } = {}) {
      return new Promise((done, fail) => {
        const options = {
          host: '127.0.0.1', port, method, path, localAddress, agent: false,
          ca: certificate, servername: 'app.example.org',
          headers: { host: 'app.example.org', 'content-type': 'application/json', ...headers },
        };
        https.request(options, (response) => {
          let text = '';
          response.on('data', (data) => (text += data));
          response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
        }).on('error', fail).end(body && JSON.stringify(body));
      });
    }

    it('serves the page and forwards the rest, with the address of the browser', async () => {
      const headers = { origin: 'https://app.example.org', 'sec-fetch-site': 'same-origin' };
      const email = await newAccount(otherSite, headers.origin);
      const signedIn = await request('POST', '/api/auth/login?transport=cookie', {
        body: { email, password }, headers: { ...headers, 'x-forwarded-for': '6.6.6.6' }, localAddress: '127.0.0.9',
      });
      assert.equal(signedIn.status, 200, signedIn.text);
      const [line] = signedIn.headers['set-cookie'];
      assert.equal(`Set-Cookie: ${line.replace(/=[^;]*/, '=…')}`, block('text set-cookie').trim());
      const { accessToken } = JSON.parse(signedIn.text);
      const authorization = `Bearer ${accessToken}`;
      const sessions = await request('GET', '/api/users/me/sessions', { headers: { authorization } });
      assert.equal(JSON.parse(sessions.text).items[0].ipAddress, '127.0.0.9');
      const cookie = line.split(';')[0];
      const byHost = await request('POST', '/api/auth/refresh?transport=cookie', {
        body: {}, headers: { origin: 'https://app.example.org', cookie }, // an older browser
      });
      assert.equal(byHost.status, 200);
      for (const path of ['/', '/orders', '/accounting']) assert.match((await request('GET', path)).text, /<title>App/);
      assert.match((await request('GET', '/account')).text, /account\/assets\/main\.js/);
    });

    it('keeps a browser signed in', { skip: noChromium }, async () => {
      const email = newEmail();
      const chromium = await launch([
        '--ignore-certificate-errors', `--host-resolver-rules=MAP app.example.org:443 127.0.0.1:${port}`,
      ]);
      try {
        const tab = await chromium.newPage();
        await tab.goto('https://app.example.org/');
        await tab.evaluate(async (email, password) => {
          const headers = { 'Content-Type': 'application/json' };
          await fetch('/api/auth/register', { method: 'POST', headers, body: JSON.stringify({ email, password }) });
          const { signIn } = await import('/session.js');
          await signIn(email, password);
        }, email, password);
        const [cookie] = await chromium.cookies();
        assert.deepEqual(
          [cookie.name, cookie.domain, cookie.secure, cookie.httpOnly, cookie.sameSite],
          ['__Host-Http-cleanjwt', 'app.example.org', true, true, 'Strict']);
        await tab.reload();
        const found = await tab.evaluate(async () => {
          const { refresh, isSignedIn, call, signOut } = await import('/session.js');
          await refresh();
          const account = await (await call('/api/users/me')).json();
          const stored = [document.cookie, localStorage.length, sessionStorage.length];
          await signOut();
          return { email: account.email, stored, isSignedIn: isSignedIn() };
        });
        assert.deepEqual(found, { email, stored: ['', 0, 0], isSignedIn: false });
        assert.deepEqual(await chromium.cookies(), []);
      } finally {
        await chromium.close();
      }
    });
  });
});

it('are all of its blocks', () => {
  assert.equal([...page.matchAll(/^```\w/gm)].length, blocks.size, 'each block has a name of its own');
  const skipped = missing('nginx', '-v') || missing('openssl', 'version')
    ? ['nginx app.example.org.conf', 'text set-cookie']
    : [];
  assert.deepEqual([...used, ...skipped].sort(), [...blocks.keys()].sort());
});

function missing(program, argument) {
  return spawnSync(program, [argument]).error ? `${program} is not installed` : false;
}
