// The administration of accounts: the list, and one account with its actions.

import { activityList } from './activity-list.js';
import { actionButton, backLink, badge, h, icon } from './dom.js';
import { confirmed } from './dialog.js';
import { announce, attempt } from './layout.js';
import { navigate, showAndAnnounce } from './router.js';
import { auth } from './session.js';
import { pathOf } from './settings.js';
import { date, dateAndTime, t } from './texts.js';

const ROUTE = '/api/admin/users';

export const open = (visit) => {
  const id = visit.query.get('user');
  return id ? accountView(id, visit) : listView(visit);
};

// ---- The list ----

async function listView({ account, query }) {
  const email = query.get('email') ?? '';
  const read = (after) => auth.request('GET', `${ROUTE}?${searchOf({ email, after })}`);
  const list = h('ul', { class: 'card rows' });
  const after = h('div', { class: 'after-list' });

  function add({ items, next }) {
    const added = items.map((user) => h('li', {}, accountLink(user, account)));
    list.append(...added);
    after.replaceChildren(...(next ? [actionButton(t.common.showMore, () => more(next), { class: 'button' })] : []));
    return added;
  }

  const more = (cursor) => attempt(async () => {
    const added = add(await read(cursor));
    announce(t.admin.more(added.length), 'hidden');
    added[0]?.querySelector('a').focus();
  });

  const page = await read();
  add(page);
  return {
    title: t.admin.title,
    content: [
      searchForm(email),
      page.items.length
        ? [list, after]
        : h('p', { class: 'card empty' }, email ? t.admin.noneFound(email) : t.admin.none),
    ],
  };
}

function searchForm(email) {
  const input = h('input', {
    id: 'search', name: 'search', type: 'search', value: email, autocapitalize: 'none', autocomplete: 'off',
    spellcheck: 'false', inputmode: 'email',
  });
  return h('form', {
    class: 'search',
    role: 'search',
    onsubmit: (event) => {
      event.preventDefault();
      navigate(pathOf('admin', { email: input.value.trim() }));
    },
  }, h('label', { for: 'search' }, t.admin.search), h('div', {},
    input,
    h('button', { type: 'submit', class: 'button' }, t.admin.searchSubmit),
    email && h('a', { class: 'button link', href: pathOf('admin') }, t.admin.all)));
}

const accountLink = (user, self) => h('a', { class: 'row', href: pathOf('admin', { user: user.id }) },
  h('span', { class: 'initial', 'aria-hidden': 'true' }, initialOf(user)),
  h('div', { class: 'body' },
    h('p', { class: 'title' }, user.email,
      user.id === self.id && badge(t.admin.you),
      user.roles.includes('admin') && badge(t.admin.admin, 'good'),
      user.locked && badge(t.admin.locked, 'bad')),
    h('p', { class: 'detail' },
      [user.displayName, t.admin.created(date(user.createdAt))].filter(Boolean).join(' · '))),
  icon('go'));

const initialOf = (user) => [...(user.displayName || user.email)][0].toLocaleUpperCase();

const searchOf = (values) =>
  new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString();

// ---- One account ----

async function accountView(id, { account }) {
  const path = `${ROUTE}/${encodeURIComponent(id)}`;
  const [user, activity] = await Promise.all([
    auth.request('GET', path),
    activityList((after) => auth.request('GET', `${path}/activity?${searchOf({ after })}`), 'h3'),
  ]);
  const { facts } = t.admin;
  return {
    title: user.email,
    lead: user.id === account.id ? t.admin.self : undefined,
    back: backLink(pathOf('admin'), t.admin.back),
    content: [
      h('dl', { class: 'card facts wide' },
        fact(facts.status, user.locked ? badge(t.admin.locked, 'bad') : badge(t.admin.active, 'good')),
        fact(facts.email, user.emailConfirmed ? badge(facts.confirmed, 'good') : badge(t.admin.notConfirmed, 'warn')),
        fact(facts.name, user.displayName ?? facts.noName),
        fact(facts.roles, user.roles.includes('admin') ? t.admin.admin : facts.noRoles),
        fact(facts.created, dateAndTime(user.createdAt)),
        fact(facts.updated, dateAndTime(user.updatedAt)),
        fact(facts.id, user.id, 'whole')),
      h('h2', { class: 'section' }, t.admin.actions),
      h('ul', { class: 'card rows' }, actionsOf(user, path)),
      h('h2', { class: 'section' }, t.admin.activity),
      activity,
    ],
  };
}

const fact = (name, value, kind) => h('div', { class: kind }, h('dt', {}, name), h('dd', {}, value));

function actionsOf(user, path) {
  const { email } = user;
  const refresh = (text) => showAndAnnounce(text);
  const setAdmin = (isAdmin) => () => auth.request('PUT', `${path}/roles`, {
    roles: [...user.roles.filter((role) => role !== 'admin'), ...(isAdmin ? ['admin'] : [])],
  });
  return [
    user.locked
      ? action(t.admin.unlock, t.admin.unlockHint, undefined, false,
        () => auth.request('POST', `${path}/unlock`), () => refresh(t.admin.unlockDone))
      : action(t.admin.lock, t.admin.lockHint, t.admin.lockText(email), true,
        () => auth.request('POST', `${path}/lock`), () => refresh(t.admin.lockDone)),
    action(t.admin.end, t.admin.endHint, t.admin.endText(email), false,
      () => auth.request('DELETE', `${path}/sessions`), () => refresh(t.admin.endDone)),
    user.roles.includes('admin')
      ? action(t.admin.dropAdmin, t.admin.dropAdminHint, t.admin.dropAdminText(email), true,
        setAdmin(false), () => refresh(t.admin.rolesDone))
      : action(t.admin.makeAdmin, t.admin.makeAdminHint, t.admin.makeAdminText(email), false,
        setAdmin(true), () => refresh(t.admin.rolesDone)),
    action(t.admin.reset, t.admin.resetHint, t.admin.resetText(email), true,
      () => auth.request('DELETE', `${path}/second-factors`), () => refresh(t.admin.resetDone)),
    action(t.admin.delete, t.admin.deleteHint, t.admin.deleteText(email), true,
      () => auth.request('DELETE', path), async () => {
        await navigate(pathOf('admin'), { replace: true });
        announce(t.admin.deleteDone(email));
      }),
  ];
}

/** Makes a row with one action. It asks first, if there is a question. */
const action = (title, hint, question, danger, run, whenDone) => h('li', { class: 'action' },
  h('p', {}, hint),
  actionButton(title, async () => {
    if (await attempt(run)) {
      await whenDone();
    }
  }, { class: `button small ${danger ? 'danger' : ''}` },
  question && (() => confirmed({ title, text: question, submit: title, danger }))));
