// The session of this page: one client for all modules, and the account that it is signed in to.

import { CleanJwt } from './client.js';
import { settings } from './settings.js';
import { language } from './texts.js';

export const auth = new CleanJwt({
  url: location.origin + settings.base,
  transport: 'cookie',
  onReauthenticate: async (problem) => (await import('./dialog.js')).askForProof(problem),
  fetch: (input, init) => fetch(input, inChosenLanguage(init)),
});

let known;

/** The account as it was last read, or undefined. */
export const knownAccount = () => (auth.isSignedIn ? known : undefined);

/** Remembers the account that an answer of the service holds. */
export const remember = (account) => (known = account);

/** Reads the account unless it is known. A session of another tab may have taken the place of the one before. */
export const currentAccount = async () => knownAccount() ?? remember(await auth.me());

auth.on('signed-out', () => remember(undefined));

// The language of a mail is that of the request, and a person may have chosen another one than that of the browser.
function inChosenLanguage(init = {}) {
  const headers = new Headers(init.headers);
  if (language) {
    headers.set('Accept-Language', language);
  }
  return { ...init, headers };
}
