// Changes the password.

import { h } from './dom.js';
import { accountHint, form, newPasswordField, passwordField } from './form.js';
import { showAndAnnounce } from './router.js';
import { auth } from './session.js';
import { pathOf, settings } from './settings.js';
import { t } from './texts.js';

export function open({ account }) {
  const current = passwordField({ name: 'currentPassword', label: t.fields.currentPassword });
  return {
    title: t.password.title,
    lead: t.password.lead,
    content: h('div', { class: 'card' }, form({
      fields: [
        accountHint(account.email),
        current,
        settings.mail && h('p', { class: 'field-link' },
          h('a', { class: 'touch', href: pathOf('forgot-password') }, t.password.forgot)),
        newPasswordField({ name: 'newPassword', label: t.fields.newPassword }),
      ],
      submit: t.password.submit,
      kind: '',
      action: async (values) => {
        await auth.changePassword(values);
        await showAndAnnounce(t.password.done);
      },
    })),
  };
}
