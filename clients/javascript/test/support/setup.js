import { after, before, beforeEach, mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from './browser.js';
import { startService } from './service.js';

export const password = 'correct horse battery';

/**
 * Starts a service for the tests of a file, and gives each test browsers and accounts.
 * @param {Record<string, string>} [settings]
 */
export function useService(settings) {
  /** @type {Awaited<ReturnType<typeof startService>>} */
  let service;
  /** @type {Browser[]} */
  let browsers = [];
  let accounts = 0;
  let skipped = 0;
  let shared = false;

  before(async () => void (service = await startService(settings)));
  after(() => service?.stop());
  beforeEach(() => {
    service.proxy.reset();
    skipped = 0;
    mock.restoreAll();
    browsers.forEach((browser) => browser.close());
    browsers = [];
  });

  return {
    get url() {
      return service.url;
    },
    get proxy() {
      return service.proxy;
    },
    mailTo: (/** @type {string} */ address, /** @type {string} */ template) => service.mailTo(address, template),
    newEmail: () => `person-${++accounts}@example.org`,
    browser() {
      const browser = new Browser(service);
      browsers.push(browser);
      return browser;
    },
    /**
     * Opens a tab of a new browser and signs in. Each password costs the service time, so the tests of a file share an
     * account. `fresh` makes one of its own, for a test that deletes it or changes its password.
     * @param {import('@cleanjwt/client').Options & { fresh?: boolean }} [options]
     */
    async signedIn({ fresh, ...options } = {}) {
      const browser = this.browser();
      const client = browser.tab(options);
      const email = fresh ? this.newEmail() : 'shared@example.org';
      if (fresh || !shared) await client.register({ email, password });
      shared ||= !fresh;
      const account = await client.signIn({ email, password });
      service.proxy.reset();
      return { browser, client, email, account };
    },
    /** Moves the monotonic clock forward, as if the page had been open for that long. */
    pass(/** @type {number} */ seconds) {
      const now = performance.now.bind(performance);
      if (skipped == 0) mock.method(performance, 'now', () => now() + skipped * 1000);
      skipped += seconds;
    },
  };
}

/** Waits for what a channel delivers, and for the microtasks of listeners. */
export const settle = () => sleep(50);

/** The error with which a promise rejects. */
export async function rejection(/** @type {Promise<unknown>} */ promise) {
  try {
    await promise;
  } catch (error) {
    return /** @type {import('@cleanjwt/client').CleanJwtError} */ (error);
  }
  throw new Error('The promise did not reject.');
}
