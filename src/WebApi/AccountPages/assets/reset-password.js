// Replaces a forgotten password, by the code or the link of the mail.

import { h } from './dom.js';
import { accountHint, codeField, form, newPasswordField } from './form.js';
import { navigate } from './router.js';
import { auth } from './session.js';
import { pathOf } from './settings.js';
import { sentenceOf } from './problems.js';
import { t } from './texts.js';

export function open({ query, state: { flow, token } }) {
  const returnTo = query.get('returnTo');
  const newMail = h('a', { class: 'touch', href: pathOf('forgot-password', { returnTo }) }, t.reset.newMail);
  if (!flow && !token) {
    return { title: t.reset.title, lead: t.reset.noLink, content: h('p', { class: 'links' }, newMail) };
  }

  return {
    title: t.reset.title,
    lead: flow ? t.reset.codeLead(flow.email) : t.reset.linkLead,
    content: [
      form({
        fields: [
          accountHint(flow?.email),
          flow && codeField(),
          newPasswordField({ name: 'newPassword', label: t.fields.newPassword }),
        ],
        submit: t.reset.submit,
        action: async ({ code, newPassword }) => {
          const proof = flow ? { flowToken: flow.flowToken, code } : { token };
          await auth.resetPassword({ newPassword, ...proof });
          if (auth.isSignedIn) {
            await auth.signOut(); // the reset has ended this session, too
          }
          const notice = { notice: 'password-reset', email: flow?.email };
          await navigate(pathOf('sign-in', { returnTo }), { replace: true, state: notice });
        },
        explain: (error) => error.code === 'invalid-code'
          ? [h('p', {}, sentenceOf(error)), newMail.cloneNode(true)]
          : undefined,
      }),
      flow && h('p', { class: 'links' }, newMail),
    ],
  };
}
