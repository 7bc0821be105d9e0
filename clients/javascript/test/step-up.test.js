import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CleanJwtError } from '@cleanjwt/client';
import { password, rejection, useService } from './support/setup.js';

/** @typedef {import('@cleanjwt/client').Options} Options */

const admin = { email: 'admin@example.org', password: 'a staple for the horse' };
const service = useService({
  StepUp__MaxAge: '00:00:04',
  Admin__Email: admin.email,
  Admin__Password: admin.password,
});

for (const transport of /** @type {const} */ (['cookie', 'body'])) {
  describe(`a call that needs a recent sign-in, transport ${transport}`, () => {
    /** @type {NonNullable<Options['onReauthenticate']>} */
    let ask = () => undefined;
    /** @type {Options} */
    const options = { transport, onReauthenticate: (problem) => ask(problem) };
    /** @type {import('@cleanjwt/client').CleanJwt} */
    let administrator;
    /** @type {Awaited<ReturnType<typeof service.signedIn>>[]} */
    const people = [];

    // All sign-ins grow old together. The service counts whole seconds.
    before(async () => {
      administrator = service.browser().tab(options);
      await administrator.signIn(admin);
      for (let i = 0; i < 6; i++) people.push(await service.signedIn({ ...options, fresh: true }));
      await sleep(5100);
    });

    it('asks once for all calls that wait, and again after a refused proof', async () => {
      /** @type {CleanJwtError[]} */
      const problems = [];
      ask = async (problem) => {
        problems.push(problem);
        await sleep(50);
        return { password: problems.length == 2 ? admin.password : '' };
      };
      const three = people.slice(0, 3).map(({ account }) => account.id);
      const setRoles = (/** @type {string} */ id) =>
        administrator.request('PUT', `/api/admin/users/${id}/roles`, { roles: [] });
      const token = await administrator.accessToken();
      const { sessionId } = administrator;
      const answers = await Promise.all(three.map(setRoles));
      assert.deepEqual(answers.map(({ id }) => id), three);
      assert.deepEqual(problems.map(({ code }) => code), ['reauthentication-required', 'validation-failed']);
      assert(problems.every((problem) => problem instanceof CleanJwtError));
      assert.notEqual(await administrator.accessToken(), token);
      assert.equal(administrator.sessionId, sessionId);
    });

    it('tells a wrong password, and rejects when the user gives up', async () => {
      /** @type {string[]} */
      const codes = [];
      ask = ({ code }) => {
        codes.push(code);
        return codes.length == 1 ? { password: 'not the password' } : undefined;
      };
      const { client } = people[3];
      assert.equal((await rejection(client.deleteAccount())).code, 'reauthentication-required');
      assert.deepEqual(codes, ['reauthentication-required', 'invalid-credentials']);
      assert.equal(client.isSignedIn, true);

      const response = await client.fetch(`${service.url}/api/users/me`, { method: 'DELETE' });
      assert.equal((await response.json()).code, 'reauthentication-required');
      assert.equal(codes.length, 3);
    });

    it('does not ask forever when attempts run out', async () => {
      let asked = 0;
      ask = () => ({ password: `wrong ${++asked}` });
      const error = await rejection(people[3].client.deleteAccount());
      assert.equal(error.code, 'too-many-attempts');
      assert((error.retryAfter ?? 0) > 0);
      assert(asked <= 6);
    });

    it('works through fetch', async () => {
      ask = () => ({ password });
      const { client, email } = people[4];
      const response = await client.fetch(`${service.url}/api/users/me`, { method: 'DELETE' });
      assert.equal(response.status, 204);
      assert.equal((await rejection(client.signIn({ email, password }))).code, 'invalid-credentials');
    });

    it('can be prepared by reauthenticate()', async () => {
      const { client } = people[5];
      ask = () => assert.fail('It must not ask.');
      assert.equal((await rejection(client.reauthenticate('not the password'))).code, 'invalid-credentials');
      let refreshed = 0;
      client.on('refreshed', () => refreshed++);
      await client.reauthenticate(password);
      assert.equal(refreshed, 1);
      await client.deleteAccount();
    });

    it('asks for each kind of proof that the service demands', async () => {
      /** @type {string[]} */
      const codes = [];
      ask = ({ code }) => (codes.push(code), { password });
      const { client } = await service.signedIn({ ...options, fresh: true });
      for (const code of ['reauthentication-required', 'second-factor-required']) {
        const headers = { 'content-type': 'application/problem+json' };
        service.proxy.fail(/^DELETE/, { status: 401, headers, body: JSON.stringify({ code }) });
      }
      await client.deleteAccount();
      assert.deepEqual(codes, ['reauthentication-required', 'second-factor-required']);
    });
  });
}

describe('a call that needs a recent sign-in', () => {
  it('rejects where there is no onReauthenticate', async () => {
    const { client } = await service.signedIn();
    await sleep(5100);
    assert.equal((await rejection(client.deleteAccount())).code, 'reauthentication-required');
  });
});
