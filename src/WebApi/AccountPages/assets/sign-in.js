// Sign-in.

import { h } from './dom.js';
import { emailField, form, passwordField } from './form.js';
import { leaveGuestPages } from './router.js';
import { auth, remember } from './session.js';
import { pathOf, settings } from './settings.js';
import { sentenceOf } from './problems.js';
import { t } from './texts.js';

export function open({ query, state }) {
  const returnTo = query.get('returnTo');
  const email = emailField({ value: state.email });
  const password = passwordField();
  const forgotten = pathOf('forgot-password', { returnTo });
  return {
    title: t.signIn.title,
    lead: t.signIn.lead(settings.name),
    content: [
      form({
        fields: [
          email,
          password,
          settings.mail
            && h('p', { class: 'field-link' }, h('a', { class: 'touch', href: forgotten }, t.signIn.forgot)),
        ],
        submit: t.signIn.submit,
        action: async (values) => {
          remember(await auth.signIn(values));
          await leaveGuestPages(query);
        },
        explain: (error) => error.code === 'email-not-confirmed' && settings.mail
          ? [h('p', {}, sentenceOf(error)), h('a', { class: 'touch', href: forgotten }, t.signIn.reset)]
          : undefined,
      }),
      h('p', { class: 'links' }, t.signIn.noAccount,
        h('a', { href: pathOf('sign-up', { returnTo }) }, t.signIn.signUp)),
    ],
  };
}
