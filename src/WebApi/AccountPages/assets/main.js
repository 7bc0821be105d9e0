// Starts the account pages.

import { h } from './dom.js';
import { hideBanner, main, showBanner } from './layout.js';
import { isUnreachable } from './problems.js';
import {
  goToSignIn, leaveGuestPages, navigate, needsSession, preload, show, showAgain, showFailure, takeToken,
} from './router.js';
import { auth, remember } from './session.js';
import { nameOf, pathOf, settings } from './settings.js';
import { loadTexts } from './texts.js';

const isPlainClick = (event) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** Follows links within the account pages without loading the document anew, which keeps the access token. */
function onClick(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || !isPlainClick(event) || event.defaultPrevented) {
    return;
  }
  if (link.classList.contains('skip-link')) {
    event.preventDefault();
    main.focus();
  } else if (link.origin === location.origin && nameOf(link.pathname) !== undefined) {
    event.preventDefault();
    navigate(link.pathname + link.search);
  }
}

// The end of a session that came before the first page was shown.
let endedEarly;
let hasStarted = false;

/** Leads to the sign-in page, with the reason, when the session of a page has ended. */
function onSignedOut(reason) {
  if (!hasStarted) {
    endedEarly = reason;
  } else if (auth.isSignedIn || !needsSession()) {
    showAgain(); // another session may have taken the place of this one
  } else if (reason === 'revoked' || reason === 'expired') {
    goToSignIn({ notice: reason });
  } else {
    navigate(pathOf('sign-in'), { replace: true, state: { notice: reason } });
  }
}

/** Goes on when another tab has signed in. */
function onSignedIn() {
  hideBanner();
  if (hasStarted && nameOf(location.pathname) === 'sign-in' && !main.querySelector('.busy')) {
    leaveGuestPages(new URLSearchParams(location.search));
  }
}

function onUnreachable(error) {
  if (hasStarted && isUnreachable(error)) {
    showBanner(() => restore().then(() => true, () => false));
  }
}

const restore = async () => remember(await auth.restore());

/** Says in all languages that nothing can be shown, since the texts of the chosen one did not load. */
function showFailureWithoutTexts() {
  const button = h('button', { type: 'button', class: 'button primary', onclick: () => location.reload() },
    'Load again · Neu laden');
  main.replaceChildren(h('div', { class: 'card stack' },
    h('h1', {}, settings.name),
    h('p', {}, 'This page did not load.'),
    h('p', { lang: 'de' }, 'Diese Seite wurde nicht geladen.'),
    button));
  main.removeAttribute('aria-busy');
}

async function start() {
  try {
    await Promise.all([loadTexts(), restore()]);
  } catch (error) {
    if (await loadTexts().then(() => true, () => false)) {
      showFailure(error, start);
    } else {
      showFailureWithoutTexts();
    }
    return;
  }
  hasStarted = true;
  await (endedEarly && needsSession() ? goToSignIn({ notice: endedEarly }) : show());
}

takeToken();
preload();

auth.on('signed-out', onSignedOut);
auth.on('signed-in', onSignedIn);
auth.on('refreshed', hideBanner);
auth.on('unreachable', onUnreachable);

document.addEventListener('click', onClick);
window.addEventListener('popstate', () => {
  takeToken();
  show();
});
window.addEventListener('pageshow', (event) => {
  // The browser kept the page as it was, but the session and its data may have changed since.
  if (event.persisted && needsSession()) {
    show();
  }
});

await start();
