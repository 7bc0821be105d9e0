// The sessions of the account: where it is signed in. Each but this one can be ended here.

import { actionButton, badge, h, icon, timeElement } from './dom.js';
import { deviceOf } from './device.js';
import { confirmed } from './dialog.js';
import { attempt } from './layout.js';
import { showAndAnnounce } from './router.js';
import { auth } from './session.js';
import { ago, dateAndTime, t } from './texts.js';

export async function open() {
  const items = await auth.sessions();
  // This device stands first. The others keep their order, the newest first.
  const sessions = [...items].sort((one, other) => Number(other.current) - Number(one.current));
  return {
    title: t.sessions.title,
    lead: t.sessions.lead,
    content: [
      h('ul', { class: 'card rows' }, sessions.map(row)),
      h('div', { class: 'after-list' }, sessions.length > 1
        ? actionButton(t.sessions.endOthers, endOthers, { class: 'button danger' }, isSure)
        : h('p', { class: 'muted' }, t.sessions.only)),
    ],
  };
}

function row(session) {
  const device = deviceOf(session.userAgent);
  return h('li', { class: 'row' },
    icon(device.icon),
    h('div', { class: 'body' },
      h('p', { class: 'title' }, device.name, session.current && badge(t.sessions.current, 'good')),
      h('p', { class: 'detail' },
        `${t.sessions.lastSeen}: `, timeElement(session.lastSeenAt, ago(session.lastSeenAt)),
        session.ipAddress && ` · ${session.ipAddress}`),
      h('details', {},
        h('summary', {}, icon('go'), t.common.details),
        h('dl', { class: 'facts wide' },
          fact(t.sessions.signedIn, dateAndTime(session.createdAt)),
          fact(t.sessions.lastSeen, dateAndTime(session.lastSeenAt)),
          fact(t.sessions.expires, dateAndTime(session.expiresAt)),
          session.userAgent && fact(t.sessions.browser, session.userAgent, 'whole')))),
    !session.current && endButton(session, device));
}

const fact = (name, value, kind) => h('div', { class: kind }, h('dt', {}, name), h('dd', {}, value));

const endButton = (session, device) => actionButton(t.sessions.end, async () => {
  const isEnded = await attempt(async () => {
    try {
      await auth.endSession(session.id);
    } catch (error) {
      if (error.code !== 'session-not-found') {
        throw error;
      }
      // It ended meanwhile, which is what was asked for.
    }
  });
  if (isEnded) {
    await showAndAnnounce(t.sessions.ended(device.name));
  }
}, { class: 'button small', 'aria-label': t.sessions.endOf(device.name, dateAndTime(session.createdAt)) });

const isSure = () => confirmed({
  title: t.sessions.endOthers, text: t.sessions.endOthersText, submit: t.sessions.end, danger: true,
});

async function endOthers() {
  if (await attempt(() => auth.endOtherSessions())) {
    await showAndAnnounce(t.sessions.endedOthers);
  }
}
