// Decides where a sign-in may lead. An address of a foreign site must never pass: a link to this sign-in page would
// then end on that site, and people trust what comes after a sign-in.

import { nameOf, pathOf, settings } from './settings.js';

// The URL parser drops tabs and line breaks and reads a backslash as a slash. An honest address has none of them.
const SUSPICIOUS = /[\u0000-\u0020\u007f-\u00a0\\]/;

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

// Pages that a signed-in person would be led away from again, or whose work is done.
const GUEST_PAGES = ['sign-in', 'sign-up', 'forgot-password', 'reset-password'];

/**
 * Gives the address to go to after a sign-in. It is the profile when the asked address is absent or not allowed.
 * @param {string | null | undefined} asked The value of `returnTo`.
 * @returns {URL}
 */
export function targetOf(asked) {
  const profile = new URL(pathOf(''), location.origin);
  if (!asked || SUSPICIOUS.test(asked)) {
    return profile;
  }

  let url;
  try {
    url = new URL(asked, location.href);
  } catch {
    return profile;
  }

  const isAllowed = isKnown(url) && !url.username && !url.password;
  const isLoop = url.origin === location.origin && GUEST_PAGES.includes(nameOf(url.pathname));
  return isAllowed && !isLoop ? url : profile;
}

function isKnown(url) {
  return (url.protocol === 'https:' || url.protocol === 'http:')
    && (url.origin === location.origin
      || settings.origins.includes(url.origin)
      || (settings.localOrigins && LOCAL_HOSTS.includes(url.hostname)));
}
