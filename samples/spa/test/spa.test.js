// Uses the page in Chromium, on another origin than the service.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, noChromium } from './chromium.js';
import { newEmail, password, start, startService } from './service.js';

describe('the page', { skip: noChromium }, () => {
  let service;
  let api;
  let server;
  let origin;
  let chromium;
  let tab;
  let complaints;

  before(async () => {
    service = await startService();
    api = http.createServer(({ headers }, response) => response.end(JSON.stringify({ readBy: headers.authorization })));
    await new Promise((done) => api.listen(0, '127.0.0.1', done));
    server = await start(process.execPath, [fileURLToPath(new URL('../serve.js', import.meta.url))], {
      env: { SERVICE: service.url, API: `http://127.0.0.1:${api.address().port}`, PORT: '0' },
      isReady: (output) => output.includes('Listening'),
    });
    origin = `http://127.0.0.1:${/:(\d+)/.exec(server.output)[1]}`; // the site of the service
    chromium = await launch();
  });
  after(async () => {
    await chromium?.close();
    await server?.stop();
    api?.close();
    api?.closeAllConnections();
    await service?.stop();
  });
  beforeEach(async () => {
    const context = await chromium.createBrowserContext();
    complaints = [];
    tab = await open(context);
  });

  async function open(context) {
    const opened = await context.newPage();
    opened.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    opened.on('pageerror', (error) => complaints.push(String(error)));
    await opened.goto(origin);
    return opened;
  }

  const visible = (id, page = tab) => page.waitForSelector(`#${id}`, { visible: true, timeout: 20_000 });
  const says = (text, page = tab) => page.waitForFunction(
    (part) => document.querySelector('#message').textContent.includes(part), { timeout: 20_000 }, text);

  async function fill(email, word = password) {
    await visible('email');
    for (const [id, value] of [['email', email], ['password', word]]) {
      await tab.$eval(`#${id}`, (input) => (input.value = ''));
      await tab.type(`#${id}`, value);
    }
  }

  async function signUp() {
    const email = newEmail();
    await fill(email);
    await tab.click('#sign-up');
    await visible('signed-in');
    return email;
  }

  it('signs up, in and out, and stays signed in after a reload', async () => {
    const email = await signUp();
    await tab.click('#sign-out');
    await fill(email, 'a wrong password');
    await tab.click('#sign-in');
    await says('is wrong');
    await fill(email);
    await tab.keyboard.press('Enter');
    await visible('signed-in');
    assert.equal(await tab.$eval('#who', (element) => element.textContent), email);

    await tab.reload();
    await visible('signed-in');
    assert.equal(await tab.$eval('#who', (element) => element.textContent), email);
    const stored = await tab.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]);
    assert.deepEqual(stored, ['', 0, 0]);

    await tab.click('#read-notes');
    await says('Bearer ey');

    await tab.click('#sign-out');
    await visible('signed-out');
    await tab.reload();
    await visible('signed-out');
    assert.deepEqual(complaints.filter((text) => !text.includes('401')), []);
  });

  it('follows another tab', async () => {
    await signUp();
    const other = await open(tab.browserContext());
    await visible('signed-in', other);
    await other.click('#sign-out');
    await visible('signed-out', other);
    await visible('signed-out');
    assert.deepEqual(complaints, []);
  });

  it('signs in on the account page', async () => {
    const email = await signUp();
    await tab.click('#sign-out');
    await visible('signed-out');
    await Promise.all([tab.waitForNavigation(), tab.click('#account-page')]);
    assert.equal(new URL(tab.url()).origin, service.url);
    await tab.waitForSelector('input[name=email]', { visible: true });
    await tab.type('input[name=email]', email);
    await tab.type('input[name=password]', password);
    await Promise.all([
      tab.waitForFunction((there) => location.origin === there, {}, origin),
      tab.keyboard.press('Enter'),
    ]);
    await visible('signed-in');
    assert.equal(await tab.$eval('#who', (element) => element.textContent), email);
  });
});
