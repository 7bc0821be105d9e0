// Asks for the mail that resets a forgotten password.

import { h } from './dom.js';
import { emailField, form } from './form.js';
import { navigate } from './router.js';
import { auth } from './session.js';
import { pathOf, settings } from './settings.js';
import { t } from './texts.js';

export function open({ account, query, state }) {
  const returnTo = query.get('returnTo');
  const back = h('p', { class: 'links' }, h('a', { href: pathOf('sign-in', { returnTo }) }, t.forgot.back));
  if (!settings.mail) {
    return { title: t.forgot.title, lead: t.forgot.noMail, content: back };
  }

  return {
    title: t.forgot.title,
    lead: t.forgot.lead,
    content: [
      form({
        fields: [emailField({ value: state.email ?? account?.email })],
        submit: t.forgot.submit,
        action: async ({ email }) => {
          const { flowToken } = await auth.forgotPassword(email);
          // The state outlives the page: a phone may drop it while its owner reads the mail.
          const flow = { flowToken, email: email.trim() };
          await navigate(pathOf('reset-password', { returnTo }), { state: { flow } });
        },
      }),
      !account && back,
    ],
  };
}
