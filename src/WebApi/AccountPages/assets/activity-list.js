// The list of audit entries, by day. The account's owner and administrators see the same.

import { actionButton, badge, h, timeElement } from './dom.js';
import { deviceOf } from './device.js';
import { announce, attempt } from './layout.js';
import { dateAndTime, day, t, timeOfDay } from './texts.js';

/**
 * Makes the list.
 * @param {(after?: string) => Promise<{ items: object[], next: string | null }>} read Reads the page of entries after
 *   a cursor.
 * @param {string} level The element of the headings: `h2`, or `h3` under a heading of the page.
 */
export async function activityList(read, level = 'h2') {
  const list = h('div');
  const after = h('div', { class: 'after-list' });
  let lastDay;
  let lastRows;

  function add({ items, next }) {
    const added = items.map((entry) => {
      const name = day(entry.at);
      if (name !== lastDay) {
        lastDay = name;
        lastRows = h('ul', { class: 'card rows' });
        list.append(h(level, { class: 'day' }, name), lastRows);
      }
      const item = row(entry);
      lastRows.append(item);
      return item;
    });
    after.replaceChildren(...(next ? [actionButton(t.common.showMore, () => more(next), { class: 'button' })] : []));
    return added;
  }

  const more = (cursor) => attempt(async () => {
    const [first, ...others] = add(await read(cursor));
    if (first) {
      announce(t.activity.more(others.length + 1), 'hidden');
      // The button is gone or has moved, so the keyboard goes on at the first new entry.
      first.tabIndex = -1;
      first.focus();
    }
  });

  const page = await read();
  if (!page.items.length) {
    return h('p', { class: 'card empty' }, t.activity.none);
  }
  add(page);
  return [list, after];
}

function row(entry) {
  const action = Object.hasOwn(t.activity.actions, entry.action) ? t.activity.actions[entry.action] : t.activity.other;
  const device = entry.userAgent && deviceOf(entry.userAgent).name;
  const origin = [device, entry.ipAddress].filter(Boolean).join(' · ');
  return h('li', { class: 'row' },
    h('div', { class: 'body' },
      h('p', { class: 'title' }, action, entry.outcome === 'failure' && failure(entry)),
      origin && h('p', { class: 'detail', title: entry.userAgent }, origin)),
    timeElement(entry.at, timeOfDay(entry.at), dateAndTime(entry.at)));
}

// A token that was used twice is no failed attempt of the owner, but a sign of theft.
const failure = (entry) => entry.action === 'refresh-token-reuse'
  ? badge(t.activity.warning, 'bad')
  : badge(t.activity.failed, 'bad');
