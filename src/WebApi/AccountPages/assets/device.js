// Describes the device that a `User-Agent` names, in the words that the service uses in its mails.

import { t } from './texts.js';

// Most browsers also name the ones that they descend from, so the order counts.
const BROWSERS = [
  ['Edg', 'Edge'], ['OPR/', 'Opera'], ['SamsungBrowser/', 'Samsung Internet'], ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'], ['Chrome/', 'Chrome'], ['CriOS/', 'Chrome'], ['Safari/', 'Safari'],
];

const SYSTEMS = [
  ['Windows', 'Windows'], ['Android', 'Android'], ['iPhone', 'iOS'], ['iPad', 'iPadOS'], ['Macintosh', 'macOS'],
  ['CrOS', 'ChromeOS'], ['Linux', 'Linux'],
];

const HANDHELDS = ['Android', 'iOS', 'iPadOS'];

const find = (known, text) => known.find(([token]) => text.includes(token))?.[1];

/**
 * Describes a device.
 * @param {string | null} userAgent
 * @returns {{ name: string, icon: string }}
 */
export function deviceOf(userAgent) {
  const text = userAgent ?? '';
  const browser = find(BROWSERS, text);
  const system = find(SYSTEMS, text);
  // A program that is no browser names itself first, such as "curl/8.5".
  const app = browser ?? text.split(/[/ ]/)[0];
  return {
    name: app && system ? t.device.on(app, system) : app || t.device.unknown,
    icon: HANDHELDS.includes(system) ? 'phone' : browser || !app ? 'computer' : 'app',
  };
}
