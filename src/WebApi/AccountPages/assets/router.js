// Decides by the path which page is shown, and shows it.

import { actionButton, h } from './dom.js';
import { announce, clearAnnouncement, drawFrame, hideBanner, main, viewPlace } from './layout.js';
import { sentenceOf } from './problems.js';
import { targetOf } from './return-to.js';
import { auth, currentAccount, knownAccount } from './session.js';
import { nameOf, pathOf, settings } from './settings.js';
import { chooseLanguage, t } from './texts.js';

/**
 * The pages by name. To add a page, add a row here, a module beside this one, and its texts.
 *
 * `access` says who may see the page: `guest` is for people who are not signed in, `anyone` for all, `account` for the
 * signed-in, and `admin` for administrators. A page with `nav` is in the navigation, under that key of its texts.
 *
 * A module has a function `open(visit)`. It answers a view, or a promise of one: `{ title, lead?, back?, content }`.
 * A view with `focus` begins in that field, and one that is `plain` stands without the navigation. A visit is
 * `{ account, query, state, signal }`. `state.token` is the token of a link from a mail. `signal` ends with the visit.
 */
const pages = {
  '': { load: () => import('./profile.js'), access: 'account', nav: 'profile', icon: 'account' },
  password: { load: () => import('./password.js'), access: 'account', nav: 'password', icon: 'password' },
  'second-factors': {
    load: () => import('./second-factors.js'), access: 'account', nav: 'secondFactors', icon: 'second-factor',
  },
  passkeys: { load: () => import('./passkeys.js'), access: 'account', nav: 'passkeys', icon: 'passkey' },
  sessions: { load: () => import('./sessions.js'), access: 'account', nav: 'sessions', icon: 'sessions' },
  activity: { load: () => import('./activity.js'), access: 'account', nav: 'activity', icon: 'activity' },
  admin: { load: () => import('./admin.js'), access: 'admin', nav: 'admin', icon: 'admin' },
  delete: { load: () => import('./delete.js'), access: 'account' },
  'sign-in': { load: () => import('./sign-in.js'), access: 'guest' },
  'sign-up': { load: () => import('./sign-up.js'), access: 'guest' },
  'forgot-password': { load: () => import('./forgot-password.js'), access: 'anyone' },
  'reset-password': { load: () => import('./reset-password.js'), access: 'anyone' },
  confirm: { load: () => import('./confirm.js'), access: 'anyone' },
};

const notFound = {
  load: async () => ({ open: () => problemView(t.failed.notFound, t.failed.notFoundLead) }),
  access: 'anyone',
};

// Counts the visits. A page that becomes ready after the person went on is not shown.
let visits = 0;
let leaving = new AbortController();

const currentPage = () => {
  const name = nameOf(location.pathname);
  return Object.hasOwn(pages, name) ? pages[name] : notFound;
};

/** Loads the module of the page ahead. An error comes back when the page is shown. */
export const preload = () => currentPage().load().catch(() => {});

/** Whether the page that is shown needs a session. */
export const needsSession = () => ['account', 'admin'].includes(currentPage().access);

/**
 * Takes the token of a link from a mail out of the address. There it would be seen on a shared screen, and kept in the
 * browser's history after the page.
 */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) {
    history.replaceState({ token }, '', location.pathname + location.search);
  }
}

/**
 * Goes to a page.
 * @param {string} path A path of the account pages, as from `pathOf`.
 * @param {{ replace?: boolean, state?: object }} [options] `state` stays with the entry of the history, also when the
 *   page is loaded again. Its `notice` is a key of the texts, and is shown once.
 */
export function navigate(path, { replace = false, state = {} } = {}) {
  history[replace ? 'replaceState' : 'pushState'](state, '', path);
  return show();
}

/** Goes to the sign-in page, and comes back here after it. */
export const goToSignIn = (state) =>
  navigate(pathOf('sign-in', { returnTo: location.pathname + location.search }), { replace: true, state });

/** Goes to where a sign-in leads. */
export async function leaveGuestPages(query, state) {
  const target = targetOf(query.get('returnTo'));
  if (target.origin === location.origin && nameOf(target.pathname) !== undefined) {
    return navigate(target.pathname + target.search, { replace: true, state });
  }
  location.replace(target);
  // The button of the form stays busy until the browser has left the page.
  return new Promise(() => {});
}

/** Shows the page of the address. */
export async function show({ keepFocus = false } = {}) {
  const visit = ++visits;
  leaving.abort();
  const { signal } = (leaving = new AbortController());
  main.setAttribute('aria-busy', 'true');
  clearAnnouncement();

  const page = currentPage();
  const query = new URLSearchParams(location.search);
  const state = history.state ?? {};
  // The link of a sign-up mail makes another account, so a session does not matter to it.
  if (page.access === 'guest' && auth.isSignedIn && !state.token) {
    return leaveGuestPages(query);
  }
  if (needsSession() && !auth.isSignedIn) {
    return goToSignIn();
  }

  let view;
  try {
    const [module, account] = await Promise.all([moduleOf(page), auth.isSignedIn ? currentAccount() : undefined]);
    view = page.access === 'admin' && !account.roles.includes('admin')
      ? problemView(t.failed.forbidden, t.failed.forbiddenLead)
      : await module.open({ account, query, state, signal });
  } catch (error) {
    view = failedView(error, error.isOfAFile ? () => location.reload() : show);
  }

  if (visit === visits) {
    draw(page, view, keepFocus);
  }
}

// Browsers may remember that a module failed to load, until the document is loaded anew.
async function moduleOf(page) {
  try {
    return await page.load();
  } catch (cause) {
    throw Object.assign(new Error('A module did not load.', { cause }), { code: 'unreachable', isOfAFile: true });
  }
}

/** Shows that nothing can be shown yet, and why. */
export const showFailure = (error, retry) => draw(notFound, failedView(error, retry), false);

function draw(page, view, keepFocus) {
  const { notice, ...state } = history.state ?? {};
  const account = page.access !== 'guest' && !view.plain ? knownAccount() : undefined;
  drawFrame({ account, entries: account ? entriesFor(account, page) : [], onLanguage: changeLanguage });

  const heading = h('h1', { tabindex: '-1' }, view.title);
  const head = h('div', { class: 'heading' }, view.back, heading, view.lead && h('p', { class: 'lead' }, view.lead));
  // Pages for anyone know nothing of the frame, so they always stand in a card.
  viewPlace.replaceChildren(...(account
    ? [head, page.access === 'anyone' ? h('div', { class: 'card' }, view.content) : h('div', {}, view.content)]
    : [h('div', { class: 'card' }, head, view.content)]));
  main.removeAttribute('aria-busy');
  if (view.failed) {
    hideBanner(); // the page says the same
  }
  document.title = `${view.title} – ${settings.name}`;
  if (!keepFocus) {
    scrollTo(0, 0);
    (view.focus ?? heading).focus();
  }
  if (notice) {
    announce(t.notices[notice]);
    history.replaceState(state, '');
  }
}

const entriesFor = (account, current) => Object.entries(pages)
  .filter(([, page]) => page.nav && (page.access !== 'admin' || account.roles.includes('admin')))
  .map(([name, page]) => ({
    href: pathOf(name), icon: page.icon, text: t.nav[page.nav], current: page === current,
  }));

/** Shows the page anew, and keeps what was typed. */
export async function showAgain() {
  const kept = [...main.querySelectorAll('input')].map((input) => [input.name, input.value, input.checked]);
  await show({ keepFocus: true });
  for (const [name, value, checked] of kept) {
    const input = name && main.querySelector(`input[name="${name}"]`);
    if (input) {
      Object.assign(input, { value, checked });
    }
  }
}

async function changeLanguage(code) {
  await chooseLanguage(code);
  await showAgain();
  document.querySelector(`#footer [lang=${code}]`).focus();
}

const problemView = (title, lead) => ({
  title,
  lead,
  content: h('p', {}, h('a', { class: 'touch', href: pathOf('') }, t.common.toProfile)),
});

const failedView = (error, retry) => ({
  failed: true,
  title: t.failed.title,
  lead: sentenceOf(error),
  content: actionButton(t.common.tryAgain, () => retry(), { class: 'button' }),
});

/** Shows the page anew after an action, and says what was done. */
export async function showAndAnnounce(text) {
  await show();
  announce(text);
}
