import assert from 'node:assert/strict';
import http from 'node:http';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { after, afterEach, describe, it } from 'node:test';
import { transform } from 'esbuild';
import { Window } from 'happy-dom';
import { Authenticator } from './support/authenticator.js';
import { password, settle, useService } from './support/setup.js';
import { until } from './support/service.js';
import { authenticatorApp } from './support/totp.js';

const admin = { email: 'admin@example.org', password: 'a staple for the horse' };
const service = useService({ Admin__Email: admin.email, Admin__Password: admin.password, StepUp__MaxAge: '00:00:02' });

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
/** @type {Map<string, { language: string, code: string }>} */
const samples = new Map();
for (const [, language, name, code] of readme.matchAll(/^```(\w+) ([\w-]+)\n(.*?)^```$/gms)) {
  samples.set(name, { language, code });
}

// Inside the package, so that the samples find it and their frameworks by name.
const folder = new URL('./.samples/', import.meta.url);
const platform = { fetch: globalThis.fetch, log: console.log };
let count = 0;

/**
 * Runs a sample as it stands, except for its addresses. Its fetch is that of a browser.
 * @param {string} name
 * @param {{ browser?: import('./support/browser.js').Browser, addresses?: Record<string, string> }} [options]
 */
async function run(name, { browser, addresses = {} } = {}) {
  if (browser) globalThis.fetch = browser.fetch;
  const here = new URL(`${++count}/`, folder);
  await mkdir(here, { recursive: true });
  const all = { 'https://auth.example.com': service.url, ...addresses };
  for (const sample of new Set(['auth', name])) {
    let { code, language } = /** @type {{ code: string, language: string }} */ (samples.get(sample));
    for (const [from, to] of Object.entries(all)) code = code.replaceAll(from, to);
    if (language == 'html') code = /<script type="module">(.*)<\/script>/s.exec(code)?.[1] ?? '';
    if (language == 'ts' || language == 'jsx') {
      const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
      code = (await transform(code, { loader: language, tsconfigRaw })).code;
    }
    await writeFile(new URL(`${sample}.js`, here), code);
  }
  const sample = await import(new URL(`${name}.js`, here).href);
  return { sample, auth: (await import(new URL('auth.js', here).href)).auth };
}

afterEach(() => {
  globalThis.fetch = platform.fetch;
  console.log = platform.log;
});
after(() => rm(folder, { recursive: true, force: true }));

describe('samples of the README', () => {
  it('quick-start', async () => {
    /** @type {string[]} */
    const lines = [];
    console.log = (line) => lines.push(line);
    const { auth } = await run('quick-start', { browser: service.browser() });
    assert.deepEqual(lines, ['ada@example.com']);
    assert.equal(auth.isSignedIn, false);
    auth.dispose();
  });

  it('native', async () => {
    const { sample } = await run('native');
    /** @type {string | undefined} */
    let kept;
    const keychain = {
      get: async () => kept,
      set: (/** @type {string} */ token) => (kept = token),
      delete: () => (kept = undefined),
    };
    const first = await sample.open(keychain);
    const email = service.newEmail();
    await first.auth.register({ email, password });
    await first.auth.signIn({ email, password });
    const second = await sample.open(keychain);
    assert.equal(second.account.email, email);
    const third = await sample.open(keychain);
    assert.equal(third.account.email, email);
    await third.auth.signOut();
    await settle();
    assert.equal(kept, undefined);
    for (const { auth } of [first, second, third]) auth.dispose();
  });

  it('admin', async () => {
    const { email, client } = await service.signedIn({ fresh: true });
    const { sample, auth } = await run('admin', { browser: service.browser() });
    await auth.signIn(admin);
    assert.equal(await sample.lockAll(email), 1);
    await assert.rejects(client.me(), { code: 'token-revoked' });
    auth.dispose();
  });

  it('errors', async () => {
    const { email } = await service.signedIn({ fresh: true });
    const { sample, auth } = await run('errors', { browser: service.browser() });
    assert.equal(await sample.signInForm(email, password), undefined);
    assert.equal(await sample.signInForm('', ''), (await auth.signIn({ email: '', password: '' })
      .catch((/** @type {any} */ error) => Object.values(error.errors).flat().join(' '))));
    for (let i = 0; i < 5; i++) assert.equal(await sample.signInForm(email, 'wrong'), 'Email or password is wrong.');
    assert.match(await sample.signInForm(email, password), /^Try again in \d+ seconds\.$/);
    service.proxy.fail(/login/, { lost: true });
    assert.equal(await sample.signInForm(email, password), 'The service cannot be reached.');
    auth.dispose();
  });

  it('step-up', async () => {
    const { email } = await service.signedIn({ fresh: true });
    const { sample } = await run('step-up', { browser: service.browser() });
    /** @type {[string, boolean][]} */
    const asked = [];
    /** @type {string[]} */
    const answers = [];
    const auth = sample.connect(async (/** @type {string} */ field, /** @type {boolean} */ isWrong) => {
      asked.push([field, isWrong]);
      return answers.shift();
    });
    await auth.signIn({ email, password });
    const { setupToken, secret } = await auth.setUpTotp();
    const code = authenticatorApp(secret);
    await auth.confirmTotp({ setupToken, code: await code() });
    await new Promise((done) => setTimeout(done, 3100));
    answers.push('wrong', password, '000000', await code());
    await auth.deleteAccount();
    assert.deepEqual(asked, [['password', false], ['password', true], ['code', false], ['code', true]]);
    auth.dispose();
  });

  it('totp and second-factor', async () => {
    const { email, browser } = await service.signedIn({ fresh: true });
    const { sample: totp, auth } = await run('totp', { browser });
    /** @type {any[]} */
    const shown = [];
    /** @type {(() => Promise<string>) | undefined} */
    let code;
    await totp.setUp(
      (/** @type {string} */ image, /** @type {string} */ secret) => {
        shown.push(image.slice(0, 22));
        code = authenticatorApp(secret);
      },
      () => code?.(),
      (/** @type {string[]} */ codes) => shown.push(codes.length));
    assert.deepEqual(shown, ['data:image/png;base64,', 10]);
    auth.dispose();

    const { sample, auth: other } = await run('second-factor', { browser: service.browser() });
    /** @type {unknown[]} */
    const asked = [];
    const account = await sample.signIn(email, password, async (/** @type {string[]} */ ...question) =>
      asked.push(question) == 1 ? '000000' : code?.());
    assert.equal(account.email, email);
    const methods = ['totp', 'recovery-code'];
    assert.deepEqual(asked, [[methods, false], [methods, true]]);
    other.dispose();
  });

  it('passkeys', async () => {
    const { email, browser } = await service.signedIn({ fresh: true });
    const authenticator = new Authenticator(service.url);
    const unplug = authenticator.plugIn();
    try {
      const { sample, auth } = await run('passkeys', { browser });
      assert.equal((await sample.addPasskey()).name, 'My laptop');
      assert.equal((await sample.signInByButton()).email, email);
      const leaving = new AbortController();
      const suggested = sample.suggestPasskeys(leaving.signal);
      leaving.abort();
      assert.equal(await suggested, undefined);
      authenticator.accepts = true;
      assert.equal((await sample.suggestPasskeys(new AbortController().signal)).email, email);
      auth.dispose();
    } finally {
      unplug();
    }
  });

  it('own-api', async () => {
    const { email, browser, client } = await service.signedIn();
    const api = http.createServer((request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify([request.headers.authorization]));
    });
    await new Promise((done) => api.listen(0, '127.0.0.1', () => done(undefined)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (api.address());
    const addresses = { 'https://api.example.com': `http://127.0.0.1:${port}` };
    const { sample, auth } = await run('own-api', { browser, addresses });
    const [header] = await sample.orders();
    const claims = JSON.parse(atob(header.split('.')[1]));
    assert.equal(claims.sid, client.sessionId, email);
    api.close();
    api.closeAllConnections();
    auth.dispose();
  });

  it('react', async () => {
    const { email, browser } = await service.signedIn();
    const { sample, auth } = await run('react', { browser });
    const window = new Window();
    Object.assign(globalThis, { window, document: window.document, navigator: window.navigator });
    const { createElement } = await import('react');
    const { createRoot } = await import('react-dom/client');
    const element = window.document.createElement('div');
    const root = createRoot(/** @type {any} */ (element));
    const Who = () => {
      const account = sample.useAccount();
      return account === undefined ? 'loading' : (account?.email ?? 'nobody');
    };
    root.render(createElement(Who));
    await until(() => element.textContent == 'loading');
    await until(() => element.textContent == email);
    await auth.signOut();
    await until(() => element.textContent == 'nobody');
    await auth.signIn({ email, password });
    await until(() => element.textContent == email);
    root.unmount();
    await settle();
    await window.happyDOM.close();
    for (const name of ['window', 'document', 'navigator']) Reflect.deleteProperty(globalThis, name);
    auth.dispose();
  });

  it('vue', async () => {
    const { email, browser } = await service.signedIn();
    const { sample, auth } = await run('vue', { browser });
    const account = sample.useAccount();
    assert.equal(account.value, undefined);
    await until(() => account.value?.email == email);
    await auth.signOut();
    await until(() => account.value === null);
    await auth.signIn({ email, password });
    await until(() => account.value?.email == email);
    auth.dispose();
  });

  it('angular', async () => {
    const { email, browser } = await service.signedIn();
    const { sample, auth } = await run('angular', { browser });
    const { account } = new sample.AccountService();
    assert.equal(account(), undefined);
    await until(() => account()?.email == email);
    await auth.signOut();
    await until(() => account() === null);
    await auth.signIn({ email, password });
    await until(() => account()?.email == email);
    auth.dispose();
  });

  it('page', async () => {
    const { email, browser, client } = await service.signedIn();
    const window = new Window({ url: service.url });
    window.document.body.innerHTML = /^<p.*$/m.exec(/** @type {any} */ (samples.get('page')).code)?.[0] ?? '';
    Object.assign(globalThis, { document: window.document, location: window.location });
    const file = new URL('../src/index.js', import.meta.url).href;
    await run('page', { browser, addresses: { '/account/assets/client.js': file } });
    const text = () => window.document.querySelector('#who')?.textContent;
    assert.equal(text(), email);
    // The page and this client are tabs of one browser, on the channel that the client names by itself.
    const tab = browser.tab({ channel: undefined });
    await tab.signOut();
    await until(() => text() == 'Signed out');
    await tab.signIn({ email, password });
    await until(() => text() == email);
    client.dispose();
    await window.happyDOM.close();
    for (const name of ['document', 'location']) Reflect.deleteProperty(globalThis, name);
  });

  it('server', async () => {
    const { email, browser } = await service.signedIn();
    const { sample } = await run('server');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const page = await sample.render(new Request('https://app.example.com/', { headers: { cookie } }));
    assert.equal(await page.text(), `Signed in as ${email}`);
    assert.equal((await sample.render(new Request('https://app.example.com/'))).status, 401);
  });

  it('are all of these', () => {
    assert.deepEqual([...samples.keys()].sort(), [
      'admin', 'angular', 'auth', 'errors', 'native', 'own-api', 'page', 'passkeys', 'quick-start', 'react',
      'second-factor', 'server', 'step-up', 'totp', 'vue',
    ]);
    assert.equal([...readme.matchAll(/^```\w/gm)].length, samples.size, 'each sample has a name');
  });
});
