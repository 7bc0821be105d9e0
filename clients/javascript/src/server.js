import { CleanJwtError } from './index.js';

/** @typedef {import('./index.js').AccessTokens} AccessTokens */

/**
 * A Fetch `Request`, an `IncomingMessage` of Node, or another object with headers of one of these two kinds.
 * @typedef {{ headers: { get?: unknown, cookie?: string } }} RequestWithCookies
 */

/**
 * @typedef {object} ServerOptions
 * @property {string} url The address at which this server reaches the service, with its path prefix if it has one.
 * @property {string} origin The origin of the page, such as `https://app.example.com`. The service must allow it.
 * @property {string} [scope] Narrows the scopes of the access token.
 * @property {typeof globalThis.fetch} [fetch] The function that sends the request.
 */

const cookieName = /^\s*(__Host-Http-cleanjwt|cleanjwt)=/;

/**
 * Gets an access token for the browser that sent a request, so that a server can render a page for its user. It spends
 * nothing and sets no cookie, and the browser's session goes on as if it had not happened.
 *
 * It forwards the session cookie to `url` and no other cookie. It tries once.
 * @param {RequestWithCookies} request
 * @param {ServerOptions} options
 * @returns {Promise<AccessTokens | undefined>} undefined if there is no session. Rejects with a `CleanJwtError` if the
 *   service cannot be reached or refuses `origin`. Never put the token into the page.
 */
export async function accessTokenFor({ headers }, { url, origin, scope, fetch = globalThis.fetch }) {
  const header = typeof headers.get == 'function' ? headers.get('cookie') : headers.cookie;
  const cookie = String(header ?? '').split(';').filter((pair) => cookieName.test(pair)).join(';').trim();
  if (!cookie) return undefined;
  let response;
  let text;
  try {
    response = await fetch(`${url.replace(/\/+$/, '')}/api/auth/refresh?transport=cookie`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, origin },
      body: JSON.stringify({ rotate: false, scope }),
      redirect: 'error',
      signal: AbortSignal.timeout(10000),
    });
    text = await response.text();
  } catch (cause) {
    throw new CleanJwtError({ code: 'unreachable', detail: 'The service cannot be reached.' }, undefined, cause);
  }
  if (response.status == 204 || response.status == 401) return undefined;
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    // A proxy has its own error pages.
  }
  if (response.ok && data) return data;
  throw new CleanJwtError(data?.code ? data : { code: `http-${response.status}` }, response);
}
