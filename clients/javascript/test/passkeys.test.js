import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Authenticator } from './support/authenticator.js';
import { eventsOf } from './support/browser.js';
import { password, rejection, settle, useService } from './support/setup.js';
import { until } from './support/service.js';

const service = useService({ StepUp__MaxAge: '00:00:02' });

/** @type {(() => void) | undefined} */
let unplug;
function plugIn() {
  const authenticator = new Authenticator(service.url);
  unplug = authenticator.plugIn();
  return authenticator;
}
afterEach(() => {
  unplug?.();
  unplug = undefined;
});

for (const transport of /** @type {const} */ (['cookie', 'body'])) {
  describe(`passkeys, transport ${transport}`, () => {
    it('are added, listed, renamed and removed', async () => {
      const browser = plugIn();
      const { client } = await service.signedIn({ transport, fresh: true, onReauthenticate: () => ({ password }) });
      const passkey = await client.addPasskey('My laptop');
      assert.deepEqual([passkey.name, passkey.synced, passkey.backedUp], ['My laptop', true, true]);
      assert.equal((await rejection(client.addPasskey())).code, 'passkey-already-registered');
      assert.equal((await client.renamePasskey(passkey.id, 'Work')).name, 'Work');
      assert.deepEqual((await client.passkeys()).map(({ id, name }) => [id, name]), [[passkey.id, 'Work']]);
      assert.equal((await client.secondFactors()).passkeys, 1);
      await client.removePasskey(passkey.id);
      const told = browser.calls.filter((call) => call.startsWith('accepted')).map((call) =>
        JSON.parse(call.slice('accepted '.length)).allAcceptedCredentialIds);
      assert.deepEqual(told, [[browser.passkeys[0].id], []]);
      assert.equal((await rejection(client.removePasskey(passkey.id))).code, 'passkey-not-found');

      const stranger = await rejection(client.signInWithPasskey());
      assert.equal(stranger.code, 'unknown-passkey');
      assert.match(browser.calls.at(-1) ?? '', new RegExp(`^unknown .*${browser.passkeys[0].id}`));
      assert.equal(client.isSignedIn, true);
    });

    it('sign in', async () => {
      plugIn();
      const { client, email } = await service.signedIn({ transport, fresh: true });
      await client.addPasskey();
      const other = service.browser().tab({ transport, scope: 'account:read' });
      const events = eventsOf(other);
      assert.equal((await other.signInWithPasskey()).email, email);
      await settle();
      assert.deepEqual(events, ['signed-in']);
      assert.equal((await rejection(other.updateProfile({}))).code, 'insufficient-scope');
      await other.signInWithPasskey({ scope: 'account:read account:write' });
      await other.updateProfile({});
    });

    it('are a second factor, and enough alone for a recent sign-in', async () => {
      plugIn();
      const { client, email } = await service.signedIn({
        transport, fresh: true, onReauthenticate: async () => ({ passkey: await client.askPasskey() }),
      });
      await client.addPasskey();
      await sleep(3100);
      assert.equal((await client.requireSecondFactor(true)).required, true);
      const other = service.browser().tab({ transport });
      const half = await rejection(other.signIn({ email, password }));
      assert.equal(half.code, 'second-factor-required');
      assert.deepEqual(half.problem.methods, ['passkey']);
      await other.signInWithPasskey({ mfaToken: String(half.problem.mfaToken) });
      assert.equal((await other.requireSecondFactor(false)).required, false);
    });
  });
}

describe('a prompt of the browser', () => {
  it('waits among the suggestions, with fresh options, until the user takes a passkey', async () => {
    const browser = plugIn();
    const { client, email } = await service.signedIn({ fresh: true });
    await client.addPasskey();
    const page = service.browser().tab();
    browser.calls.length = 0;
    const options = { state: 'soon old', options: { challenge: 'x', rpId: 'x' }, expiresIn: 1 };
    const headers = { 'content-type': 'application/json' };
    service.proxy.fail(/passkey\/options/, { status: 200, headers, body: JSON.stringify(options) });
    const account = page.signInWithPasskey({ conditional: true });
    await until(() => browser.calls.length);
    browser.accepts = true;
    assert.equal((await account).email, email);
    assert.deepEqual(browser.calls, ['get conditional', 'get conditional']);
  });

  it('ends by a signal, by another prompt, and by a sign-in', async () => {
    const browser = plugIn();
    const { client, email } = await service.signedIn({ fresh: true });
    await client.addPasskey();
    const page = service.browser().tab();
    const wait = async (/** @type {AbortSignal} */ signal) => {
      browser.calls.length = 0;
      const ended = rejection(page.signInWithPasskey({ conditional: true, signal }));
      await until(() => browser.calls.includes('get conditional'));
      return { ended };
    };
    const leaving = new AbortController();
    const first = await wait(leaving.signal);
    leaving.abort();
    assert.equal((await first.ended).code, 'passkey-cancelled');
    assert.equal((await rejection(page.signInWithPasskey({ signal: leaving.signal }))).code, 'passkey-cancelled');

    const { signal } = new AbortController();
    const second = await wait(signal);
    await page.signInWithPasskey();
    assert.equal((await second.ended).code, 'passkey-cancelled');

    const third = await wait(signal);
    await page.signIn({ email, password });
    assert.equal((await third.ended).code, 'passkey-cancelled');
    assert.equal(page.isSignedIn, true);
  });

  it('says why it gave nothing', async () => {
    const client = service.browser().tab();
    assert.equal((await rejection(client.signInWithPasskey())).code, 'passkeys-unavailable');
    const browser = plugIn();
    for (const [name, code] of [
      ['NotAllowedError', 'passkey-cancelled'], ['AbortError', 'passkey-cancelled'],
      ['SecurityError', 'passkeys-unavailable'], ['NotSupportedError', 'passkeys-unavailable'],
    ]) {
      browser.refusal = name;
      const error = await rejection(client.signInWithPasskey());
      assert.deepEqual([error.code, error.status], [code, 0]);
      assert.equal(/** @type {DOMException} */ (error.cause).name, name);
    }
  });
});
