import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventsOf } from './support/browser.js';
import { password, rejection, settle, useService } from './support/setup.js';

const newPassword = 'another horse and staple';

const strict = useService({ Accounts__RequireConfirmedEmail: 'true' });
const service = useService();

for (const transport of /** @type {const} */ (['cookie', 'body'])) {
  describe(`sign-up with a confirmed address, transport ${transport}`, () => {
    it('signs in by the code', async () => {
      const browser = strict.browser();
      const client = browser.tab({ transport });
      const events = eventsOf(client);
      const email = strict.newEmail();
      const step = await client.register({ email, password, displayName: 'Ada', language: 'de' });
      assert('status' in step && step.status == 'confirmation-required');
      assert(step.expiresIn > 60);
      assert.equal(strict.proxy.seen(/register/)[0].headers['accept-language'], 'de');

      // One mail of a kind goes to one address in a minute.
      const again = await rejection(client.resendConfirmation(step.flowToken));
      assert.equal(again.code, 'too-many-mails');
      assert((again.retryAfter ?? 0) > 0);
      assert.equal((await rejection(client.resendConfirmation('not a token'))).code, 'invalid-flow');

      const { code } = await strict.mailTo(email, 'confirm-sign-up');
      const wrong = await rejection(client.confirmRegistration({ flowToken: step.flowToken, code: '00000000' }));
      assert.equal(wrong.code, 'invalid-code');
      const account = await client.confirmRegistration({ flowToken: step.flowToken, code });
      assert.deepEqual([account.email, account.displayName, account.emailConfirmed], [email, 'Ada', true]);
      await settle();
      assert.deepEqual(events, ['signed-in']);
      assert.equal((await client.me()).id, account.id);
      assert.equal((await browser.tab({ transport, refreshToken: client.refreshToken }).restore())?.id, account.id);
    });

    it('signs in by the link', async () => {
      const client = strict.browser().tab({ transport, scope: 'account:read' });
      const email = strict.newEmail();
      await client.register({ email, password });
      const { token } = await strict.mailTo(email, 'confirm-sign-up');
      await client.confirmRegistration({ token, password: newPassword });
      assert.equal((await rejection(client.updateProfile({}))).code, 'insufficient-scope');
      assert.equal((await client.signIn({ email, password: newPassword })).email, email);
    });
  });

  describe(`mails to an account, transport ${transport}`, () => {
    it('replace a forgotten password', async () => {
      const { client, email } = await service.signedIn({ transport, fresh: true });
      const events = eventsOf(client);
      const { flowToken, expiresIn } = await client.forgotPassword(email, { language: 'en' });
      assert(expiresIn > 60);
      const { code } = await service.mailTo(email, 'reset-password');
      await client.resetPassword({ flowToken, code, newPassword });
      await rejection(client.me());
      await settle();
      assert.deepEqual(events, ['signed-out: revoked']);
      assert.equal((await client.signIn({ email, password: newPassword })).emailConfirmed, true);
      const spent = await rejection(client.resetPassword({ flowToken, code, newPassword }));
      assert.equal(spent.code, 'invalid-code');
    });

    it('confirm the address', async () => {
      const { client, email } = await service.signedIn({ transport, fresh: true });
      // The registration has just sent a mail of this kind, and the next may go out after a minute.
      const early = await client.requestEmailConfirmation({ language: 'en' }).catch((error) => error);
      assert(early.flowToken ?? early.code == 'too-many-mails', early);
      const { token } = await service.mailTo(email, 'confirm-email');
      assert.equal((await client.confirmEmail({ token })).emailConfirmed, true);
      assert.equal((await rejection(client.requestEmailConfirmation())).code, 'email-confirmed-already');
      assert.equal((await rejection(client.confirmEmail({ token: 'wrong' }))).code, 'invalid-code');
    });

    it('name the frontend', async () => {
      const client = service.browser().tab({ transport });
      const error = await rejection(client.forgotPassword('a@example.org', { frontend: 'unknown' }));
      assert(error.errors?.frontend);
    });
  });
}
