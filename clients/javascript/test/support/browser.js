import { CleanJwt } from '@cleanjwt/client';

// A test may put the fetch of a browser in its place.
const platformFetch = globalThis.fetch;

/**
 * A browser as far as the service can tell: it has a cookie jar for all its tabs and names the origin of its page.
 * Node's fetch does neither.
 */
export class Browser {
  /** @type {Map<string, string>} */
  cookies = new Map();
  /** @type {CleanJwt[]} */
  #tabs = [];
  #service;
  // All browsers of a test live in one process, where a BroadcastChannel of one name would reach each of them.
  #channel = `browser ${crypto.randomUUID()}`;

  /** @param {{ url: string }} service */
  constructor(service) {
    this.#service = service;
  }

  /** @type {typeof globalThis.fetch} */
  fetch = async (input, init) => {
    const request = new Request(input, init);
    const sendsCookies = request.credentials == 'include';
    request.headers.set('origin', this.#service.url);
    if (sendsCookies && this.cookies.size > 0) {
      request.headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    }
    const response = await platformFetch(request);
    for (const line of sendsCookies ? response.headers.getSetCookie() : []) {
      const [, name, value] = /** @type {RegExpExecArray} */ (/^([^=]+)=([^;]*)/.exec(line));
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return response;
  };

  /**
   * Opens a tab: a client with the cookies of this browser.
   * @param {import('@cleanjwt/client').Options} [options]
   */
  tab(options) {
    const client = new CleanJwt({
      url: this.#service.url, fetch: this.fetch, channel: this.#channel, ...options,
    });
    this.#tabs.push(client);
    return client;
  }

  close() {
    this.#tabs.forEach((client) => client.dispose());
  }
}

/** Notes the events of a client in the order in which they come. */
export function eventsOf(/** @type {CleanJwt} */ client) {
  /** @type {string[]} */
  const events = [];
  client.on('signed-in', () => events.push('signed-in'));
  client.on('refreshed', () => events.push('refreshed'));
  client.on('signed-out', (reason) => events.push(`signed-out: ${reason}`));
  client.on('unreachable', (error) => events.push(`unreachable: ${error.code}`));
  return events;
}
