import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CleanJwtError } from '@cleanjwt/client';
import { eventsOf } from './support/browser.js';
import { password, rejection, settle, useService } from './support/setup.js';
import { authenticatorApp } from './support/totp.js';

/** @typedef {import('@cleanjwt/client').Options} Options */

const service = useService();
const strict = useService({ StepUp__MaxAge: '00:00:02' });

/**
 * Signs in, and sets an authenticator app up.
 * @param {Options} [options]
 */
async function withApp(options, from = service) {
  const person = await from.signedIn({ ...options, fresh: true });
  const { setupToken, secret } = await person.client.setUpTotp();
  const code = authenticatorApp(secret);
  const codes = await person.client.confirmTotp({ setupToken, code: await code() });
  assert(codes);
  return { ...person, code, codes };
}

for (const transport of /** @type {const} */ (['cookie', 'body'])) {
  describe(`a second factor, transport ${transport}`, () => {
    it('is set up, used and removed', async () => {
      const { client, email } = await service.signedIn({ transport, fresh: true });
      assert.deepEqual(
        await client.secondFactors(), { required: false, totp: null, recoveryCodes: null, passkeys: 0 });
      const other = service.browser().tab({ transport });
      await other.signIn({ email, password });

      const { setupToken, secret, uri, qrCode, expiresIn } = await client.setUpTotp();
      assert.match(uri, new RegExp(`^otpauth://totp/.*secret=${secret}`));
      assert.match(qrCode, /^data:image\/png;base64,/);
      assert(expiresIn > 60);
      const wrong = await rejection(client.confirmTotp({ setupToken, code: '000000' }));
      assert.equal(wrong.code, 'validation-failed');
      assert(wrong.errors?.code);
      assert.equal((await rejection(client.confirmTotp({ setupToken: 'x', code: '000000' }))).code, 'invalid-flow');
      const code = authenticatorApp(secret);
      const codes = await client.confirmTotp({ setupToken, code: await code() });
      assert.equal(codes?.length, 10);
      assert.equal((await rejection(client.setUpTotp())).code, 'totp-already-set-up');
      assert.equal((await rejection(other.me())).code, 'token-revoked');

      const factors = await client.secondFactors();
      assert.equal(factors.required, true);
      assert.equal(factors.recoveryCodes?.left, 10);
      assert.equal((await rejection(client.requireSecondFactor(false))).code, 'second-factor-in-use');
      assert.notDeepEqual(await client.newRecoveryCodes(), codes);
      await client.removeTotp();
      assert.equal((await client.secondFactors()).required, false);
      assert.equal((await rejection(client.newRecoveryCodes())).code, 'no-second-factor');
      await other.signIn({ email, password });
    });

    it('completes a sign-in by a code', async () => {
      const { email, code, client: before } = await withApp({ transport });
      await before.signOut();
      const browser = service.browser();
      const client = browser.tab({ transport });
      const events = eventsOf(client);
      const half = await rejection(client.signIn({ email, password }));
      assert(half instanceof CleanJwtError);
      assert.deepEqual([half.code, half.status], ['second-factor-required', 202]);
      const { mfaToken, methods, expiresIn } = /** @type {any} */ (half.problem);
      assert.deepEqual(methods, ['totp', 'recovery-code']);
      assert(expiresIn > 60);
      assert.equal(client.isSignedIn, false);
      assert.equal(browser.cookies.size, 0);
      assert.equal(await client.restore(), undefined);

      const wrong = await rejection(client.signInWithSecondFactor({ mfaToken, code: '000000' }));
      assert.equal(wrong.code, 'invalid-second-factor');
      const account = await client.signInWithSecondFactor({ mfaToken, code: await code() });
      assert.equal(account.email, email);
      assert.equal(client.recoveryCodesLeft, undefined);
      await settle();
      assert.deepEqual(events, ['signed-in']);
      assert.equal(browser.cookies.size, transport == 'cookie' ? 1 : 0);
      assert.equal((await browser.tab({ transport, refreshToken: client.refreshToken }).restore())?.id, account.id);
      const spent = await rejection(client.signInWithSecondFactor({ mfaToken, code: await code() }));
      assert.equal(spent.code, 'invalid-mfa-token');
      assert.equal(client.isSignedIn, true);
    });

    it('completes a sign-in by a recovery code, in the scope of the first step', async () => {
      const { email, codes } = await withApp({ transport });
      const client = service.browser().tab({ transport, scope: 'account:read' });
      for (const left of [9, 8]) {
        const half = await rejection(client.signIn({ email, password }));
        const mfaToken = String(half.problem.mfaToken);
        await client.signInWithSecondFactor({ mfaToken, recoveryCode: codes[left].toUpperCase() });
        assert.equal(client.recoveryCodesLeft, left);
      }
      assert.equal((await rejection(client.updateProfile({}))).code, 'insufficient-scope');
      const half = await rejection(client.signIn({ email, password }));
      const mfaToken = String(half.problem.mfaToken);
      const used = await rejection(client.signInWithSecondFactor({ mfaToken, recoveryCode: codes[9] }));
      assert.equal(used.code, 'invalid-second-factor');
    });
  });

  describe(`a recent sign-in with a second factor, transport ${transport}`, () => {
    it('takes the password once, and asks for the code until it is right', async () => {
      /** @type {[string, unknown][]} */
      const asked = [];
      /** @type {(import('@cleanjwt/client').Proof | undefined)[]} */
      const proofs = [];
      const onReauthenticate = (/** @type {CleanJwtError} */ { code, problem }) => {
        asked.push([code, problem.methods]);
        return proofs.shift();
      };
      const { client, code, codes } = await withApp({ transport, onReauthenticate }, strict);
      await sleep(3100);
      proofs.push({ password: 'wrong' }, { password }, { code: '000000' }, { code: await code() });
      const newCodes = await client.newRecoveryCodes();
      assert.deepEqual(asked, [
        ['reauthentication-required', undefined], ['invalid-credentials', undefined],
        ['second-factor-required', ['totp', 'recovery-code']], ['invalid-second-factor', undefined],
      ]);

      asked.length = 0;
      await sleep(3100);
      proofs.push({ password }, undefined);
      assert.equal((await rejection(client.removeTotp())).code, 'reauthentication-required');
      proofs.push({ password, recoveryCode: codes[0] }, { recoveryCode: newCodes[0] });
      await client.removeTotp();
      assert.deepEqual(asked.map(([name]) => name), [
        'reauthentication-required', 'second-factor-required', 'reauthentication-required', 'invalid-second-factor',
      ]);
    });
  });
}
