import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { CleanJwt, CleanJwtError } from '@cleanjwt/client';
import { unavailable } from './support/proxy.js';
import { Browser, eventsOf } from './support/browser.js';
import { password, rejection, settle, useService } from './support/setup.js';
import { until } from './support/service.js';

const service = useService();
const refreshes = /^POST \/api\/auth\/refresh/;

for (const transport of /** @type {const} */ (['cookie', 'body'])) {
  describe(`transport ${transport}`, () => {
    describe('methods', () => {
      it('signs up, signs in and out', async () => {
        const client = service.browser().tab({ transport });
        const events = eventsOf(client);
        const email = service.newEmail();

        const registered = await client.register({ email, password, displayName: 'Ada' });
        assert('email' in registered && registered.email == email);
        assert.equal(client.isSignedIn, false);

        const account = await client.signIn({ email, password });
        assert.equal(account.displayName, 'Ada');
        assert.equal(client.isSignedIn, true);
        const token = await client.accessToken();
        assert.equal(typeof client.refreshToken, transport == 'body' ? 'string' : 'undefined');
        const sessions = await client.sessions();
        assert.equal(sessions.find(({ current }) => current)?.id, client.sessionId);

        await client.signOut();
        assert.equal(client.isSignedIn, false);
        assert.equal(client.sessionId, undefined);
        assert.equal(client.refreshToken, undefined);
        const headers = { authorization: `Bearer ${token}` };
        const answer = await fetch(`${service.url}/api/users/me`, { headers });
        assert.equal((await answer.json()).code, 'token-revoked');
        assert.deepEqual(events, ['signed-in', 'signed-out: signed-out']);
        assert.equal((await rejection(client.me())).code, 'missing-token');
      });

      it('asks for fewer scopes where the caller says so', async () => {
        const { client, email, browser } = await service.signedIn({ transport });
        await client.signIn({ email, password, scope: 'account:read' });
        assert.equal((await rejection(client.updateProfile({ displayName: 'x' }))).code, 'insufficient-scope');
        const other = browser.tab({ transport, scope: 'account:write' });
        assert.equal((await rejection(other.signIn({ email, password }))).code, 'insufficient-scope');
        assert.equal(other.isSignedIn, true);
      });

      it('changes the profile, with an ETag too', async () => {
        const { client } = await service.signedIn({ transport });
        const etag = (await client.fetch(`${service.url}/api/users/me`)).headers.get('etag');
        assert(etag);
        assert.equal((await client.updateProfile({ displayName: 'Grace' }, etag)).displayName, 'Grace');
        assert.equal((await rejection(client.updateProfile({ displayName: 'x' }, etag))).code, 'stale-version');
        assert.equal((await client.updateProfile({ displayName: null })).displayName, null);
      });

      it('changes the password and ends the other sessions', async () => {
        const { client, email } = await service.signedIn({ transport, fresh: true });
        const other = service.browser().tab({ transport });
        await other.signIn({ email, password });
        const wrong = { currentPassword: 'not the password', newPassword: 'another horse battery' };
        const error = await rejection(client.changePassword(wrong));
        assert.equal(error.code, 'validation-failed');
        assert.equal(error.status, 400);
        assert(error.errors?.currentPassword.length);
        assert(error.traceId);

        const events = eventsOf(other);
        await client.changePassword({ ...wrong, currentPassword: password });
        assert.equal(typeof (await client.me()).id, 'string');
        assert.equal((await rejection(other.me())).code, 'token-revoked');
        assert.deepEqual(events, ['signed-out: revoked']);
      });

      it('ends another session, all others, and its own', async () => {
        const { client, email } = await service.signedIn({ transport });
        const others = [1, 2, 3].map(() => service.browser().tab({ transport }));
        for (const other of others) await other.signIn({ email, password });
        await client.endSession(/** @type {string} */ (others[0].sessionId));
        assert.equal((await rejection(others[0].me())).code, 'token-revoked');
        assert.equal((await rejection(client.endSession(crypto.randomUUID()))).code, 'session-not-found');
        await client.endOtherSessions();
        assert.equal((await rejection(others[2].me())).code, 'token-revoked');

        const events = eventsOf(client);
        await client.endSession(/** @type {string} */ (client.sessionId));
        await settle();
        assert.deepEqual(events, ['signed-out: signed-out']);
      });

      it('reads the activity page by page', async () => {
        const { client } = await service.signedIn({ transport });
        const first = await client.activity({ limit: 1 });
        assert.equal(first.items.length, 1);
        const second = await client.activity({ after: first.next ?? undefined, limit: 1 });
        assert.notEqual(second.items[0].id, first.items[0].id);
        assert((await client.activity()).items.length > 1);
      });

      it('deletes the account', async () => {
        const { client, email } = await service.signedIn({ transport, fresh: true });
        const events = eventsOf(client);
        await client.deleteAccount();
        await settle();
        assert.deepEqual(events, ['signed-out: deleted']);
        assert.equal(client.isSignedIn, false);
        assert.equal((await rejection(client.signIn({ email, password }))).code, 'invalid-credentials');
        assert.equal(await client.restore(), undefined);
      });

      it('calls routes that have no method', async () => {
        const { client } = await service.signedIn({ transport });
        assert.equal((await client.request('GET', '/api/auth/token')).sid, client.sessionId);
        assert.equal((await rejection(client.request('GET', '/api/admin/users'))).code, 'insufficient-scope');
        const missing = await rejection(client.request('GET', '/api/nowhere'));
        assert.deepEqual([missing.code, missing.status], ['not-found', 404]);
      });

      it('says how long to wait after too many wrong passwords', async () => {
        const { client, email } = await service.signedIn({ transport, fresh: true });
        let error;
        for (let i = 0; i < 6; i++) error = await rejection(client.signIn({ email, password: `wrong ${i}` }));
        assert.equal(error?.code, 'too-many-attempts');
        assert((error?.retryAfter ?? 0) > 10);
        assert.equal(client.isSignedIn, true, 'a failed sign-in does not end the session');
      });
    });

    describe('restore', () => {
      /** A new page of the same browser, or of an application that kept the refresh token. */
      function reopened(/** @type {Browser} */ browser, /** @type {CleanJwt} */ client) {
        return browser.tab({ transport, refreshToken: client.refreshToken, channel: false });
      }

      it('answers the account without the event of a sign-in', async () => {
        const { browser, client, email } = await service.signedIn({ transport });
        const page = reopened(browser, client);
        const events = eventsOf(page);
        assert.equal(page.isSignedIn, false);
        assert.equal((await page.restore())?.email, email);
        assert.equal(page.sessionId, client.sessionId);
        assert.deepEqual(events, ['refreshed']);
        assert.equal((await page.restore())?.email, email);
        assert.equal(service.proxy.seen(refreshes).length, 1);
      });

      it('is not needed before a call', async () => {
        const { browser, client, email } = await service.signedIn({ transport });
        const page = reopened(browser, client);
        const [account, again] = await Promise.all([page.me(), page.restore()]);
        assert.equal(account.email, email);
        assert.equal(again?.email, email);
        assert.equal(service.proxy.seen(refreshes).length, 1);
      });

      it('answers undefined where there is no session', async () => {
        const page = service.browser().tab({ transport });
        const events = eventsOf(page);
        assert.equal(await page.restore(), undefined);
        assert.equal(await page.accessToken(), undefined);
        assert.equal((await rejection(page.me())).code, 'missing-token');
        assert.equal(service.proxy.seen(refreshes).length, transport == 'cookie' ? 1 : 0);
        assert.deepEqual(events, []);
      });

      it('answers undefined where the session is over', async () => {
        const { browser, client, email } = await service.signedIn({ transport });
        const other = service.browser().tab({ transport });
        await other.signIn({ email, password });
        await other.endOtherSessions();
        const page = reopened(browser, client);
        assert.equal(await page.restore(), undefined);
        assert.equal(page.refreshToken, undefined);
        assert.equal(browser.cookies.size, 0);
      });

      it('rejects where the service does not answer', async () => {
        const { browser, client } = await service.signedIn({ transport });
        const page = reopened(browser, client);
        const events = eventsOf(page);
        service.proxy.fail(refreshes, { lost: true }, 3);
        const error = await rejection(page.restore());
        assert(error instanceof CleanJwtError);
        assert.deepEqual([error.code, error.status], ['unreachable', 0]);
        assert(error.cause);
        assert.deepEqual(events, ['unreachable: unreachable']);
        assert(await page.restore());
      });
    });

    describe('renewal', () => {
      it('makes one refresh for 20 calls at once', async () => {
        const { client } = await service.signedIn({ transport });
        const before = await client.accessToken();
        service.pass(571);
        await Promise.all(Array.from({ length: 20 }, () => client.me()));
        assert.equal(service.proxy.seen(refreshes).length, 1);
        assert.notEqual(await client.accessToken(), before);
      });

      it('comes 30 s before the end and not earlier', async () => {
        const { client } = await service.signedIn({ transport });
        service.pass(560);
        await client.me();
        assert.equal(service.proxy.seen(refreshes).length, 0);
        service.pass(15);
        await client.me();
        assert.equal(service.proxy.seen(refreshes).length, 1);
      });

      for (const hours of [-2, 2]) {
        it(`does not mind a clock that is ${hours} hours off`, async () => {
          const now = Date.now;
          mock.method(Date, 'now', () => now() + hours * 3600_000);
          const { client } = await service.signedIn({ transport });
          await client.me();
          assert.equal(service.proxy.seen(refreshes).length, 0);
          service.pass(571);
          await client.me();
          await client.me();
          assert.equal(service.proxy.seen(refreshes).length, 1);
        });
      }

      it('keeps the newest refresh token readable', { skip: transport == 'cookie' }, async () => {
        const { client } = await service.signedIn({ transport });
        /** @type {(string | undefined)[]} */
        const kept = [client.refreshToken];
        client.on('refreshed', () => kept.push(client.refreshToken));
        for (let i = 0; i < 2; i++) {
          service.pass(571);
          await client.me();
        }
        assert.equal(new Set(kept).size, 3);
        const next = service.browser().tab({ transport, refreshToken: kept[2] });
        assert(await next.restore());
      });

      it('asks the service to keep the answer when the page is left', async () => {
        /** @type {unknown[]} */
        const kept = [];
        const { browser, client } = await service.signedIn({ transport });
        const page = browser.tab({
          transport,
          refreshToken: client.refreshToken,
          fetch: (input, init) => {
            kept.push(init?.keepalive);
            return browser.fetch(input, init);
          },
        });
        await page.restore();
        assert.deepEqual(kept, [true, false]);
      });
    });

    describe('sign-out', () => {
      it('throws away a refresh that comes back later', async () => {
        const { client } = await service.signedIn({ transport });
        const events = eventsOf(client);
        service.pass(571);
        let pass = (/** @type {unknown} */ _) => {};
        service.proxy.fail(refreshes, { after: new Promise((done) => (pass = done)) });
        const waiting = rejection(client.me());
        await until(() => service.proxy.seen(refreshes).length == 1);
        await client.signOut();
        pass(undefined);
        assert.equal((await waiting).code, 'signed-out');
        assert.equal(client.isSignedIn, false);
        assert.equal(await client.accessToken(), undefined);
        await settle();
        assert.deepEqual(events, ['signed-out: signed-out']);
        assert.equal(service.proxy.seen(/users\/me/).length, 0);
        assert.equal(await client.restore(), undefined);
      });

      it('can be followed by another sign-in at once', async () => {
        const { client, browser } = await service.signedIn({ transport });
        const { email } = await service.signedIn({ transport, fresh: true });
        service.pass(571);
        let pass = (/** @type {unknown} */ _) => {};
        service.proxy.fail(refreshes, { after: new Promise((done) => (pass = done)) });
        const waiting = rejection(client.me());
        await until(() => service.proxy.seen(refreshes).length == 1);
        await client.signOut();
        const account = client.signIn({ email, password });
        setTimeout(pass, 100);
        assert.equal((await account).email, email);
        assert.equal((await waiting).code, 'signed-out');
        assert.equal((await client.me()).email, email);
        assert.equal((await browser.tab({ transport, refreshToken: client.refreshToken }).restore())?.email, email);
      });

      it('rejects where the service cannot be told, and changes nothing', async () => {
        const { client } = await service.signedIn({ transport });
        const events = eventsOf(client);
        service.proxy.fail(/logout/, { lost: true }, 3);
        assert.equal((await rejection(client.signOut())).code, 'unreachable');
        assert.equal(client.isSignedIn, true);
        assert(await client.me());
        await client.signOut();
        await settle();
        assert.deepEqual(events, ['unreachable: unreachable', 'signed-out: signed-out']);
      });

      it('is one event, though another call hears of it first', async () => {
        const { client } = await service.signedIn({ transport });
        const events = eventsOf(client);
        let pass = (/** @type {unknown} */ _) => {};
        service.proxy.fail(/logout/, { after: new Promise((done) => (pass = done)) });
        const leaving = client.signOut();
        await until(() => service.proxy.seen(/logout/).length == 1);
        for (let gone = false; !gone;) gone = (await client.me().catch((error) => error.code)) == 'token-revoked';
        pass(undefined);
        await leaving;
        await settle();
        assert.deepEqual(events, ['signed-out: signed-out']);
      });

      it('does nothing where there is no session', async () => {
        const client = service.browser().tab({ transport });
        await client.signOut();
        await client.signOut();
        assert.equal(client.isSignedIn, false);
      });
    });

    describe('a service that does not answer a refresh', () => {
      it('never signs out by 503', async () => {
        const { client } = await service.signedIn({ transport });
        const events = eventsOf(client);
        service.pass(571);
        service.proxy.fail(refreshes, unavailable(0), 3);
        const error = await rejection(client.me());
        assert.deepEqual([error.code, error.status], ['service-unavailable', 503]);
        assert.equal(client.isSignedIn, true);
        assert.deepEqual(events, ['unreachable: service-unavailable']);
        assert(await client.me());
      });

      it('gets a refresh again whose answer was lost', async () => {
        const { client } = await service.signedIn({ transport });
        service.pass(571);
        service.proxy.fail(refreshes, { answerLost: true }, 2);
        assert(await client.me());
        assert.equal(service.proxy.seen(refreshes).length, 3);
      });

      it('is not taken for a proxy that answers in its place', async () => {
        const { client } = await service.signedIn({ transport });
        const page = { headers: { 'content-type': 'text/html' }, body: '<h1>Sorry</h1>' };
        service.pass(571);
        service.proxy.fail(refreshes, { status: 502, ...page });
        service.proxy.fail(refreshes, { status: 200, ...page });
        assert(await client.me());
        service.proxy.fail(/^PATCH/, { status: 502, ...page });
        assert.equal((await rejection(client.updateProfile({}))).code, 'http-502');
        service.proxy.fail(/^PATCH/, { status: 403, ...page });
        assert.equal((await rejection(client.updateProfile({}))).code, 'http-403');
        assert.equal(client.isSignedIn, true);
      });
    });

    describe('a session that ended elsewhere', () => {
      it('is revoked when a call hears of it', async () => {
        const { client, email } = await service.signedIn({ transport });
        const other = service.browser().tab({ transport });
        await other.signIn({ email, password });
        await other.endOtherSessions();
        const events = eventsOf(client);
        const errors = await Promise.all([client.me(), client.sessions()].map(rejection));
        assert.deepEqual(errors.map(({ code }) => code), ['token-revoked', 'token-revoked']);
        assert.deepEqual(events, ['signed-out: revoked']);
        assert.equal(client.isSignedIn, false);
      });

      it('is expired when a refresh hears of it', async () => {
        const { client, email } = await service.signedIn({ transport });
        const other = service.browser().tab({ transport });
        await other.signIn({ email, password });
        await other.endOtherSessions();
        const events = eventsOf(client);
        service.pass(571);
        assert.equal((await rejection(client.me())).code, 'signed-out');
        assert.deepEqual(events, ['signed-out: expired']);
      });

      it('is revoked when the account is gone', async () => {
        const { client, email } = await service.signedIn({ transport, fresh: true });
        const other = service.browser().tab({ transport });
        await other.signIn({ email, password });
        await other.deleteAccount();
        const events = eventsOf(client);
        assert.equal((await rejection(client.me())).code, 'token-revoked');
        await settle();
        assert.deepEqual(events, ['signed-out: revoked']);
      });

      it('is deleted when its account was removed by hand', async () => {
        const { client } = await service.signedIn({ transport });
        const events = eventsOf(client);
        const headers = { 'content-type': 'application/problem+json' };
        service.proxy.fail(/^GET/, { status: 401, headers, body: JSON.stringify({ code: 'user-not-found' }) });
        assert.equal((await rejection(client.me())).code, 'user-not-found');
        assert.deepEqual(events, ['signed-out: deleted']);
      });

      it('is revoked when a refresh token is used twice', { skip: transport == 'cookie' }, async () => {
        const { client } = await service.signedIn({ transport });
        const thief = service.browser().tab({ transport, refreshToken: client.refreshToken });
        for (let i = 0; i < 2; i++) {
          service.pass(571);
          await client.me();
        }
        assert.equal(await thief.restore(), undefined);
        const events = eventsOf(client);
        assert.equal((await rejection(client.me())).code, 'token-revoked');
        assert.deepEqual(events, ['signed-out: revoked']);
      });
    });
  });
}

describe('a service that does not answer', () => {
  it('gets a few attempts, and what was answered 503 is sent again', async () => {
    const { client } = await service.signedIn();
    service.proxy.fail(/^PATCH/, unavailable(0), 2);
    assert.equal((await client.updateProfile({ displayName: 'Ada' })).displayName, 'Ada');
    assert.equal(service.proxy.seen(/^PATCH/).length, 3);
  });

  it('is given the time that it asks for', async () => {
    const { client } = await service.signedIn();
    service.proxy.fail(/users\/me/, unavailable(1));
    const start = Date.now();
    assert(await client.me());
    assert(Date.now() - start >= 1000);
  });

  it('is not waited for when it asks for a long time', async () => {
    const { client } = await service.signedIn();
    service.proxy.fail(/users\/me/, unavailable(60));
    const start = Date.now();
    assert.equal((await rejection(client.me())).retryAfter, 60);
    assert(Date.now() - start < 1000);
    assert.equal(service.proxy.seen(/users\/me/).length, 1);
  });

  it('gets a read again, and not a change that may have been carried out', async () => {
    const { client } = await service.signedIn();
    service.proxy.fail(/^GET/, { answerLost: true });
    service.proxy.fail(/^PATCH/, { answerLost: true });
    assert(await client.me());
    assert.equal((await rejection(client.updateProfile({ displayName: 'Ada' }))).code, 'unreachable');
    assert.equal(service.proxy.seen(/^PATCH/).length, 1);
    assert.equal((await client.me()).displayName, 'Ada');
  });
});
