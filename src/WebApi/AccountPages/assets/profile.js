// The profile: the account as its owner sees it, and the display name.

import { badge, h } from './dom.js';
import { field, form } from './form.js';
import { announce } from './layout.js';
import { auth, remember } from './session.js';
import { pathOf, settings } from './settings.js';
import { date, t } from './texts.js';

export async function open() {
  const account = remember(await auth.me());
  const isAdmin = account.roles.includes('admin');
  const name = field({
    name: 'displayName',
    label: t.fields.displayName,
    hint: t.hints.displayName,
    value: account.displayName,
    autocomplete: 'name',
    optional: true,
  });
  return {
    title: t.profile.title,
    content: [
      h('section', { class: 'card' },
        h('h2', {}, t.profile.account),
        h('dl', { class: 'facts wide' },
          h('div', { class: 'whole' }, h('dt', {}, t.profile.email),
            h('dd', {}, h('span', {}, account.email), confirmation(account))),
          fact(t.profile.since, date(account.createdAt)),
          isAdmin && fact(t.profile.role, t.profile.admin))),
      h('section', { class: 'card', 'aria-label': t.profile.name },
        form({
          fields: [name],
          submit: t.common.save,
          kind: '',
          action: ({ displayName }) => save(displayName, name.input),
        })),
      h('section', { class: 'card danger stack' },
        h('h2', {}, t.profile.dangerTitle),
        h('p', { class: 'muted' }, t.profile.dangerText),
        h('a', { class: 'button danger', href: pathOf('delete') }, t.profile.dangerLink)),
    ],
  };
}

const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));

const confirmation = (account) => account.emailConfirmed
  ? badge(t.profile.confirmed, 'good')
  : [
    badge(t.profile.notConfirmed, 'warn'),
    settings.mail && h('a', { class: 'touch', href: pathOf('confirm') }, t.profile.confirm),
  ];

async function save(displayName, input) {
  const account = remember(await auth.updateProfile({ displayName }));
  input.value = account.displayName ?? '';
  announce(t.profile.saved);
}
