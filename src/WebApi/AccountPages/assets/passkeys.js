// The passkeys of the account, and the step after a sign-in that offers the first one.

import { declinePasskey, stepView } from './after-sign-in.js';
import { actionButton, badge, h, icon, notice, timeElement } from './dom.js';
import { deviceOf } from './device.js';
import { ask, cancelButton, confirmed } from './dialog.js';
import { field, form } from './form.js';
import { attempt } from './layout.js';
import { leaveGuestPages, showAndAnnounce } from './router.js';
import { auth } from './session.js';
import { ago, date, dateAndTime, t } from './texts.js';
import { hasPasskeys } from './webauthn.js';

export const open = ({ query }) => (query.get('step') === 'offer' ? offerView(query) : listView());

// The service gives a passkey no name, and a person tells it from others by where it was made.
const add = () => auth.addPasskey(deviceOf(navigator.userAgent).name);

const offerView = (query) => stepView(
  t.passkeys.offer,
  async () => {
    await add();
    await leaveGuestPages(query, { notice: 'passkey-added' });
  },
  () => {
    declinePasskey();
    return leaveGuestPages(query);
  });

async function listView() {
  const items = await auth.passkeys();
  return {
    title: t.passkeys.title,
    lead: t.passkeys.lead,
    content: [
      items.length
        ? h('ul', { class: 'card rows' }, items.map(row))
        : h('p', { class: 'card empty' }, t.passkeys.none),
      h('div', { class: 'after-list' }, hasPasskeys()
        ? actionButton(t.passkeys.add, addHere, { class: 'button primary' })
        : notice('bad', t.problems['passkeys-unavailable'])),
    ],
  };
}

async function addHere() {
  if (await attempt(add)) {
    await showAndAnnounce(t.passkeys.added);
  }
}

const row = (passkey) => h('li', { class: 'row' },
  icon('passkey'),
  h('div', { class: 'body' },
    h('p', { class: 'title' }, passkey.name,
      badge(passkey.synced ? t.passkeys.synced : t.passkeys.oneDevice)),
    h('p', { class: 'detail' }, t.passkeys.created(date(passkey.createdAt)), ' · ', passkey.lastUsedAt
      ? [`${t.passkeys.lastUsed}: `, timeElement(passkey.lastUsedAt, ago(passkey.lastUsedAt))]
      : t.passkeys.unused),
    passkey.synced && !passkey.backedUp && h('p', { class: 'detail' }, t.passkeys.notBackedUp)),
  h('div', { class: 'buttons' },
    h('button', {
      type: 'button',
      class: 'button small',
      'aria-label': t.passkeys.renameOf(labelOf(passkey)),
      onclick: () => rename(passkey),
    }, t.passkeys.rename),
    actionButton(t.passkeys.remove, () => remove(passkey), {
      class: 'button small danger', 'aria-label': t.passkeys.removeOf(labelOf(passkey)),
    }, () => confirmed({
      title: t.passkeys.removeTitle, text: t.passkeys.removeText(passkey.name), submit: t.passkeys.remove, danger: true,
    }))));

// Two passkeys can have one name, and their buttons must not sound alike.
const labelOf = (passkey) => `${passkey.name}, ${t.passkeys.created(dateAndTime(passkey.createdAt))}`;

async function rename({ id, name }) {
  const input = field({
    name: 'name',
    label: t.fields.passkeyName,
    value: name,
    autocomplete: 'off',
    autofocus: true,
    refused: t.errors.displayName,
  });
  const isDone = await ask(t.passkeys.renameTitle, t.passkeys.renameText, (close) => form({
    fields: [input],
    submit: t.common.save,
    kind: '',
    more: [cancelButton(close)],
    action: async (values) => {
      await auth.renamePasskey(id, values.name);
      close(true);
    },
  }));
  if (isDone) {
    await showAndAnnounce(t.passkeys.renamed);
  }
}

async function remove({ id, name }) {
  const isRemoved = await attempt(async () => {
    try {
      await auth.removePasskey(id);
    } catch (error) {
      if (error.code !== 'passkey-not-found') {
        throw error;
      }
      // It was removed meanwhile, which is what was asked for.
    }
  });
  if (isRemoved) {
    await showAndAnnounce(t.passkeys.removed(name));
  }
}
