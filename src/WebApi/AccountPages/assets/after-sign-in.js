// What a person is told or offered between a sign-in and the page that it leads to.

import { h } from './dom.js';
import { form } from './form.js';
import { leaveGuestPages, navigate } from './router.js';
import { auth } from './session.js';
import { pathOf } from './settings.js';
import { t } from './texts.js';
import { keepsPasskeys } from './webauthn.js';

const FEW_CODES = 3;
const DECLINED = 'cleanjwt-passkey-declined';

/**
 * Goes to where a sign-in leads, perhaps over a step that a person can pass by.
 * @param {URLSearchParams} query The query of the sign-in page.
 * @param {{ offersPasskey?: boolean }} [options]
 */
export async function leaveAfterSignIn(query, { offersPasskey = false } = {}) {
  const returnTo = query.get('returnTo');
  if (auth.recoveryCodesLeft <= FEW_CODES) {
    return navigate(pathOf('second-factors', { step: 'few', returnTo }), { replace: true });
  }
  if (offersPasskey && await wantsPasskey()) {
    return navigate(pathOf('passkeys', { step: 'offer', returnTo }), { replace: true });
  }
  return leaveGuestPages(query);
}

// The offer is a courtesy. If it cannot be decided, the sign-in goes on without it.
async function wantsPasskey() {
  try {
    return !localStorage.getItem(DECLINED) && await keepsPasskeys() && (await auth.secondFactors()).passkeys === 0;
  } catch {
    return false;
  }
}

/** Remembers in this browser that a person wants no passkey, so that they are not asked at each sign-in. */
export function declinePasskey() {
  try {
    localStorage.setItem(DECLINED, 'true');
  } catch {
    // A browser may refuse storage. The next sign-in then asks again.
  }
}

/**
 * Makes a step between a sign-in and the page that it leads to.
 * @param {{ title: string, lead: string, points?: string[], submit: string, later: string }} texts
 * @param {() => unknown} action
 * @param {() => unknown} pass Goes on without the action.
 */
export const stepView = ({ title, lead, points, submit, later }, action, pass) => ({
  title,
  lead,
  plain: true,
  content: h('div', { class: 'stack' },
    points && h('ul', { class: 'points' }, points.map((point) => h('li', {}, point))),
    form({
      fields: [],
      submit,
      kind: '',
      more: [h('button', { type: 'button', class: 'button', onclick: pass }, later)],
      action,
    })),
});
