// Deletes the account.

import { backLink, h } from './dom.js';
import { checkbox, form } from './form.js';
import { auth } from './session.js';
import { pathOf } from './settings.js';
import { t } from './texts.js';

export const open = ({ account }) => ({
  title: t.delete.title,
  lead: t.delete.lead(account.email),
  back: backLink(pathOf(''), t.nav.profile),
  content: h('div', { class: 'card danger stack' },
    h('ul', { class: 'points' }, t.delete.points.map((point) => h('li', {}, point))),
    form({
      fields: [checkbox({ name: 'sure', label: t.delete.sure, error: t.delete.notSure })],
      submit: t.delete.submit,
      kind: 'danger',
      more: [h('a', { class: 'button', href: pathOf('') }, t.delete.keep)],
      // The client asks for the password where the sign-in is not recent. Its event leads to the sign-in page.
      action: async () => {
        await auth.deleteAccount();
        // The browser still has the cookie of the session, and the next visit would be told that it means nothing.
        await auth.signOut().catch(() => {});
      },
    })),
});
