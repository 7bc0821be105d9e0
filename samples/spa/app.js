// A frontend on another origin than the service. The client keeps the access token in memory, and the browser keeps the
// refresh token in a cookie of the service.
const service = 'http://localhost:5080';
const { CleanJwt } = await import(`${service}/account/assets/client.js`);
const auth = new CleanJwt({ url: service, audiences: [location.origin] }); // /notes is on this page's origin

const element = (id) => document.getElementById(id);
const credentials = () => ({ email: element('email').value, password: element('password').value });

const textOf = (error) => texts[error.code]?.(error) ?? error.message;

function show(account, message = '') {
  element('who').textContent = account?.displayName ?? account?.email ?? '';
  element('signed-in').hidden = !account;
  element('signed-out').hidden = !!account;
  element('password').value = '';
  element('message').textContent = message;
  if (document.activeElement === document.body) element(account ? 'read-notes' : 'email').focus();
}

const texts = {
  'invalid-credentials': () => 'The email address or the password is wrong.',
  'validation-failed': ({ errors }) => Object.values(errors).flat().join(' '),
  'second-factor-required': () => 'This account has a second factor. Sign in on the account page.',
  'email-taken': () => 'This email address has an account. Sign in instead.',
  'too-many-attempts': ({ retryAfter }) => `Too many attempts. Try again in ${retryAfter} seconds.`,
  unreachable: () => 'The service does not answer. Try again later.',
};

/** Runs an action of a button. Shows why it failed. */
const on = (id, event, action) => element(id).addEventListener(event, async (e) => {
  e.preventDefault();
  element('message').textContent = '';
  try {
    await action(e);
  } catch (error) {
    element('message').textContent = textOf(error);
  }
});

on('signed-out', 'submit', async ({ submitter }) => {
  const isNew = submitter?.id === 'sign-up';
  if (isNew && (await auth.register(credentials())).status === 'confirmation-required') {
    element('message').textContent = 'We have sent you a mail. Its link completes the sign-up.';
    return;
  }
  await auth.signIn(credentials());
});

on('read-notes', 'click', async () => {
  const response = await auth.fetch('/notes');
  if (!response.ok) throw new Error(`The notes cannot be read: ${response.status}.`);
  element('message').textContent = `The notes were read by the account ${(await response.json()).readBy}.`;
});

on('sign-out', 'click', () => auth.signOut());

element('account-page').href = `${service}/account/sign-in?returnTo=${encodeURIComponent(location.href)}`;

const load = () => auth.restore().then((account) => show(account), (error) => show(undefined, textOf(error)));

// These events also come if another tab signs in or out, or if the service has ended the session.
auth.on('signed-in', load);
auth.on('signed-out', (reason) => show(undefined, reason === 'signed-out' ? '' : 'Your session has ended.'));
await load();
