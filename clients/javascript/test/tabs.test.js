import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { CleanJwt } from '@cleanjwt/client';
import { eventsOf } from './support/browser.js';
import { until } from './support/service.js';
import { password, rejection, settle, useService } from './support/setup.js';

const service = useService();
const refreshes = /^POST \/api\/auth\/refresh/;

/**
 * Two tabs of a browser that are signed in, and their events from now on.
 * @param {{ fresh?: boolean, channel?: false }} [options]
 */
async function twoTabs({ fresh, channel } = {}) {
  const options = channel === false ? { channel } : {};
  const { browser, client: first, email } = await service.signedIn({ fresh, ...options });
  const second = browser.tab(options);
  assert.equal((await second.restore())?.email, email);
  await settle();
  service.proxy.reset();
  return { browser, first, second, email, events: { first: eventsOf(first), second: eventsOf(second) } };
}

describe('tabs of one browser', () => {
  it('share a session', async () => {
    const { first, second } = await twoTabs();
    assert.equal(first.sessionId, second.sessionId);
  });

  it('hear of a sign-out', async () => {
    const { first, second, events } = await twoTabs();
    await first.signOut();
    await settle();
    assert.deepEqual(events.second, ['signed-out: signed-out']);
    assert.equal(second.isSignedIn, false);
    assert.equal(await second.accessToken(), undefined);
    assert.equal(service.proxy.seen(refreshes).length, 0);
  });

  it('hear of a sign-out by a tab that has just opened', async () => {
    const { browser, first, second, events } = await twoTabs();
    await browser.tab().signOut();
    await settle();
    assert.deepEqual(events, { first: ['signed-out: signed-out'], second: ['signed-out: signed-out'] });
    assert.equal(first.isSignedIn || second.isSignedIn, false);
    assert.equal(browser.cookies.size, 0);
  });

  it('hear of a deleted account and of a revoked session', async () => {
    const deleted = await twoTabs({ fresh: true });
    await deleted.first.deleteAccount();
    await settle();
    assert.deepEqual(deleted.events.second, ['signed-out: deleted']);

    const revoked = await twoTabs();
    const elsewhere = service.browser().tab();
    await elsewhere.signIn({ email: revoked.email, password });
    await elsewhere.endOtherSessions();
    await rejection(revoked.first.me());
    await settle();
    assert.deepEqual(revoked.events.second, ['signed-out: revoked']);
  });

  it('hear of a sign-in', async () => {
    const browser = service.browser();
    const [first, second] = [browser.tab(), browser.tab()];
    await second.restore();
    const events = eventsOf(second);
    const email = service.newEmail();
    await first.register({ email, password });
    await first.signIn({ email, password });
    await settle();
    assert.deepEqual(events, ['signed-in']);
    assert.equal(second.isSignedIn, true);
    assert.equal((await second.me()).email, email);
    assert.equal(second.sessionId, first.sessionId);
  });

  it('follow a sign-in as another account', async () => {
    const { first, second, events } = await twoTabs();
    const other = await service.signedIn({ fresh: true });
    /** @type {Promise<string>[]} */
    const seen = [];
    second.on('signed-in', () => seen.push(second.me().then((account) => account.email)));
    await first.signIn({ email: other.email, password });
    await settle();
    assert.deepEqual(events.first, ['signed-out: signed-out', 'signed-in']);
    assert.deepEqual(events.second.slice(0, 2), ['signed-out: signed-out', 'signed-in']);
    assert.deepEqual(await Promise.all(seen), [other.email]);
  });

  it('do not repeat a call as another account', async () => {
    const { first, second, email } = await twoTabs();
    const other = await service.signedIn({ fresh: true });
    let pass = (/** @type {unknown} */ _) => {};
    service.pass(571);
    service.proxy.fail(refreshes, { after: new Promise((done) => (pass = done)), answerLost: true });
    const waiting = rejection(second.updateProfile({ displayName: 'meant for the first account' }));
    await until(() => service.proxy.seen(refreshes).length == 1);
    await first.signIn({ email: other.email, password });
    pass(undefined);
    assert.equal((await waiting).code, 'signed-out');
    assert.equal(service.proxy.seen(/^PATCH/).length, 0);
    assert.notEqual((await second.me()).email, email);
  });

  it('notice another account without a channel, at the next renewal', async () => {
    const { first, second, email, events } = await twoTabs({ channel: false });
    const other = await service.signedIn({ fresh: true });
    await first.signIn({ email: other.email, password });
    assert.deepEqual(events.second, []);
    assert.equal((await second.me()).email, email);
    service.pass(571);
    assert.equal((await rejection(second.updateProfile({ displayName: 'x' }))).code, 'signed-out');
    await settle();
    assert.deepEqual(events.second, ['signed-out: signed-out', 'signed-in', 'refreshed']);
    assert.equal((await second.me()).email, other.email);
  });

  it('notice a sign-out without a channel, at the next renewal', async () => {
    const { browser, second, events } = await twoTabs({ channel: false });
    browser.cookies.clear();
    service.pass(571);
    assert.equal((await rejection(second.me())).code, 'signed-out');
    assert.deepEqual(events.second, ['signed-out: signed-out']);
  });

  it('that keep their refresh tokens for themselves do not sign each other out', async () => {
    const browser = service.browser();
    const [first, second] = [browser.tab({ transport: 'body' }), browser.tab({ transport: 'body' })];
    const email = service.newEmail();
    await first.register({ email, password });
    await first.signIn({ email, password });
    await second.signIn({ email, password });
    const third = browser.tab();
    await third.signIn({ email, password });
    const events = eventsOf(second);
    await first.signOut();
    await browser.tab({ transport: 'body', refreshToken: 'of an earlier session' }).signOut();
    await settle();
    assert.deepEqual(events, []);
    assert(await second.me());
    assert(await third.me());
  });

  it('never send a token over the channel', async () => {
    const channel = new BroadcastChannel('watched');
    /** @type {unknown[]} */
    const messages = [];
    channel.onmessage = ({ data }) => messages.push(data);
    for (const transport of /** @type {const} */ (['cookie', 'body'])) {
      const { client, email } = await service.signedIn({ transport, channel: 'watched' });
      service.pass(571);
      await client.me();
      await client.signIn({ email, password });
      await client.signOut();
    }
    await settle();
    channel.close();
    assert.equal(messages.length, 6);
    for (const message of messages) {
      const { event, sessionId, reason, ...rest } = /** @type {Record<string, string>} */ (message);
      assert.match(event, /^signed-(in|out)$/);
      assert.match(sessionId, /^[0-9a-f-]{36}$/);
      assert(!reason || reason == 'signed-out');
      assert.deepEqual(rest, {});
    }
  });

  it('of one service meet without a name for the channel', async () => {
    const { browser } = await service.signedIn();
    const options = { url: `${service.url}/`, fetch: browser.fetch };
    const [first, second] = [new CleanJwt(options), new CleanJwt(options)];
    await Promise.all([first.restore(), second.restore()]);
    const events = eventsOf(second);
    await first.signOut();
    await settle();
    assert.deepEqual(events, ['signed-out: signed-out']);
    first.dispose();
    second.dispose();
  });
});

describe('listeners', () => {
  it('run after the call, can call the client, and can be removed', async () => {
    const { client, email } = await service.signedIn();
    /** @type {string[]} */
    const order = [];
    const remove = client.on('signed-out', () => order.push('removed'));
    client.on('signed-out', async (reason) => {
      order.push(reason);
      await client.signIn({ email, password });
      order.push('signed in');
    });
    remove();
    await client.signOut();
    for (let i = 0; i < 100 && order.length < 2; i++) await settle();
    assert.deepEqual(order, ['signed-out', 'signed in']);
  });

  it('hear nothing after dispose()', async () => {
    const { browser, client } = await service.signedIn();
    const other = browser.tab();
    await other.restore();
    const events = eventsOf(client);
    client.dispose();
    await other.signOut();
    await settle();
    assert.deepEqual(events, []);
    assert.equal(client.isSignedIn, true);
  });
});

describe('a page from the back-forward cache', () => {
  const page = new EventTarget();
  const scope = /** @type {any} */ (globalThis);
  afterEach(() => {
    delete scope.addEventListener;
    delete scope.removeEventListener;
  });
  const shown = (/** @type {boolean} */ persisted) => Object.assign(new Event('pageshow'), { persisted });

  for (const transport of /** @type {const} */ (['cookie', 'body'])) {
    it(`renews first, transport ${transport}`, async () => {
      scope.addEventListener = page.addEventListener.bind(page);
      scope.removeEventListener = page.removeEventListener.bind(page);
      const { client } = await service.signedIn({ transport });
      page.dispatchEvent(shown(false));
      await client.me();
      assert.equal(service.proxy.seen(refreshes).length, 0);

      page.dispatchEvent(shown(true));
      await client.me();
      assert.equal(service.proxy.seen(refreshes).length, 1);

      client.dispose();
      page.dispatchEvent(shown(true));
      await client.me();
      assert.equal(service.proxy.seen(refreshes).length, 1);
    });
  }

  it('learns that the person has signed out since', async () => {
    scope.addEventListener = page.addEventListener.bind(page);
    scope.removeEventListener = page.removeEventListener.bind(page);
    const { browser, client } = await service.signedIn({ channel: false });
    const events = eventsOf(client);
    await browser.tab({ channel: false }).signOut();
    page.dispatchEvent(shown(true));
    for (let i = 0; i < 100 && events.length == 0; i++) await settle();
    assert.deepEqual(events, ['signed-out: signed-out']);
    client.dispose();
  });
});
