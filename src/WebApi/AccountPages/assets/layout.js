// The frame around every page: header, navigation, footer, the banner and the announcements.

import { actionButton, h, hiddenText, icon, notice } from './dom.js';
import { isSaidElsewhere, sentenceOf } from './problems.js';
import { auth } from './session.js';
import { language, languages, t } from './texts.js';

const byId = (id) => document.getElementById(id);

export const main = byId('main');

/** The part of `main` that belongs to the page that is shown. */
export const viewPlace = byId('view');

/**
 * Draws the frame.
 * @param {{ account?: object, entries: { href: string, icon: string, text: string, current: boolean }[],
 *   onLanguage: (code: string) => void }} frame `entries` are the links of the navigation. Without any, the page is a
 *   card in the middle.
 */
export function drawFrame({ account, entries, onLanguage }) {
  document.body.className = entries.length ? 'account' : 'guest';

  const skip = document.querySelector('.skip-link');
  skip.textContent = t.common.skip;
  skip.hidden = false;

  byId('signed-in').replaceChildren(...(account && entries.length ? [
    h('span', { class: 'who', title: account.email }, account.email),
    signOutButton(),
  ] : []));

  const nav = byId('nav');
  nav.hidden = !entries.length;
  nav.setAttribute('aria-label', t.common.nav);
  nav.replaceChildren(h('ul', {}, entries.map((entry) => h('li', {},
    h('a', { href: entry.href, 'aria-current': entry.current && 'page' }, icon(entry.icon), entry.text)))));

  byId('footer').replaceChildren(h('div', { role: 'group', 'aria-label': t.common.language },
    languages.map(([code, name]) => h('button', {
      type: 'button', lang: code, 'aria-pressed': String(code === language), onclick: () => onLanguage(code),
    }, name))));
}

/**
 * Says what was done, above the page. A screen reader says it, too, and the focus stays where it is.
 * @param {string} text
 * @param {'good' | 'bad' | 'hidden'} [kind] `hidden` is for what the screen shows anyway.
 */
export function announce(text, kind = 'good') {
  const status = byId('status');
  status.replaceChildren(kind === 'hidden' ? hiddenText(text) : notice(kind, text));
  if (kind !== 'hidden') {
    status.scrollIntoView({ block: 'nearest' });
  }
}

/** Runs an action, and tells what went wrong. Answers whether it succeeded. */
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    if (!isSaidElsewhere(error)) {
      announce(sentenceOf(error), 'bad');
    }
    return false;
  }
}

export const clearAnnouncement = () => byId('status').replaceChildren();

/** Shows that the service does not answer. `retry` resolves to whether it answers again. */
export function showBanner(retry) {
  const again = actionButton(t.common.tryAgain, async () => {
    if (await retry()) {
      hideBanner();
    }
  }, { class: 'button small' });
  byId('banner').replaceChildren(h('div', { class: 'banner' }, h('span', {}, t.banner), again));
}

export const hideBanner = () => byId('banner').replaceChildren();

function signOutButton() {
  return actionButton(t.common.signOut, async () => {
    await attempt(() => auth.signOut());
  }, { class: 'button small' });
}
