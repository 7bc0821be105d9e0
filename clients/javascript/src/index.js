/** @typedef {import('./api.d.ts').components['schemas']} Schemas */
/** @typedef {Schemas['AccountResponse']} Account */
/** @typedef {Schemas['SessionResponse']} Session */
/** @typedef {Schemas['ActivityPage']} ActivityPage */
/** @typedef {Schemas['ConfirmationRequired']} ConfirmationRequired */
/** @typedef {Schemas['FlowTicket']} FlowTicket */
/** @typedef {Schemas['SecondFactorsResponse']} SecondFactors */
/** @typedef {Schemas['TotpSetupResponse']} TotpSetup */
/** @typedef {Schemas['PasskeyResponse']} Passkey */
/** @typedef {Partial<Schemas['Problem']> & { code: string, [member: string]: unknown }} Problem */
/** @typedef {Pick<Schemas['Tokens'], 'accessToken' | 'expiresIn' | 'sessionId'>} AccessTokens */
/** @typedef {AccessTokens & { refreshToken?: string | null }} Tokens */
/** @typedef {{ response: Response, data?: any }} Answer */

/**
 * Why a session ended. `signed-out`: `signOut()` here or in another tab, or another sign-in took its place.
 * `revoked`: the service ended it. `expired`: the service no longer accepts its refresh token, because the session
 * reached its end, or was ended while this page had no valid access token. `deleted`: the account is gone.
 * @typedef {'signed-out' | 'revoked' | 'expired' | 'deleted'} SignedOutReason
 */

/**
 * The argument of the listeners of each event.
 * @typedef {{ 'signed-in': void, refreshed: void, 'signed-out': SignedOutReason, unreachable: CleanJwtError }} Events
 */

/**
 * The answer of a passkey to a question of the service. Each question counts once.
 * @typedef {{ state: string, credential: unknown }} PasskeyProof
 */

/**
 * The fields of `POST /api/auth/reauthenticate`: what a sign-in to the account needs. A passkey alone is enough.
 * @typedef {{ password?: string, code?: string, recoveryCode?: string, passkey?: PasskeyProof }} Proof
 */

/**
 * How the browser asks for a passkey. `conditional` offers the passkeys among the suggestions of a field with
 * `autocomplete="username webauthn"`, without a dialog. It then waits until the user takes one, or until `signal` or
 * another sign-in ends it.
 * @typedef {{ conditional?: boolean, signal?: AbortSignal }} PasskeyOptions
 */

/**
 * Options of a mail. `language` is a value of the header `Accept-Language`; the default is that of the browser.
 * `frontend` is the name of the frontend that the link leads to.
 * @typedef {{ language?: string, frontend?: string }} MailOptions
 */

/**
 * @typedef {object} Options
 * @property {string} [url] The address of the service, with its path prefix if it has one. The default is the origin
 *   of the page. Outside a browser there is no default.
 * @property {'cookie' | 'body'} [transport] Where the refresh token travels. `cookie`, the default, leaves it to a
 *   cookie that no script can read. `body` keeps it in the memory of this object.
 * @property {string[]} [audiences] The origins, besides that of `url`, to which `fetch` sends the access token.
 * @property {string} [scope] The scopes that a sign-in asks for, separated by spaces. The default asks for all. Without
 *   `account:read`, `signIn` and `restore` cannot read the account and reject with `insufficient-scope`.
 * @property {string} [refreshToken] For the transport `body`: a refresh token that was kept outside this object.
 * @property {(problem: CleanJwtError) => Promise<Proof | undefined> | Proof | undefined} [onReauthenticate] Asks the
 *   user for a proof, once for all calls that wait for it. `undefined` means that the user gave up: the calls then
 *   reject with the problem. A refused proof asks again, with the problem of the refusal. After a right password of an
 *   account with a second factor that is `second-factor-required`, and `problem.problem.methods` names the factors. The
 *   client then keeps the password and adds it to the next proof. Do not wait in it for a call that itself needs a
 *   recent sign-in.
 * @property {typeof globalThis.fetch} [fetch] The function that sends requests.
 * @property {string | false} [channel] The name of the `BroadcastChannel` to the other tabs. `false` turns it off.
 */

const cookieRoutes = /^\/api\/auth\/(login|passkey\/login|register\/confirm|refresh|reauthenticate|logout)\b/;

/** Routes that may be repeated after a lost answer. A page that is left in the middle must still store its cookie. */
const lastingRoutes = /^\/api\/auth\/(refresh|logout)\b/;

/** An error of the service, or of the way to it. */
export class CleanJwtError extends Error {
  /**
   * @param {Problem} problem
   * @param {Response} [response]
   * @param {unknown} [cause]
   */
  constructor(problem, response, cause) {
    super(problem.detail ?? problem.title ?? problem.code, { cause });
    this.name = 'CleanJwtError';
    /**
     * The stable name of the error. The client adds these names to those of the service: `unreachable` (no answer that
     * could be read), `signed-out` (the session ended while the call waited), `passkey-cancelled` (the user or a signal
     * ended the question of the browser), `passkeys-unavailable` (this browser, or this address, has no passkeys), and
     * `http-` with the status for an error without a problem document.
     */
    this.code = problem.code;
    /** The HTTP status, or 0 without an answer. */
    this.status = response?.status ?? 0;
    /** The messages by field name. Only the code `validation-failed` has them. */
    this.errors = problem.errors ?? undefined;
    /** The id by which the operator finds the request in the log. */
    this.traceId = problem.traceId;
    /** The seconds to wait before the next attempt, if the service names them. */
    this.retryAfter = Number(response?.headers.get('retry-after')) || undefined;
    /** The problem document, with members that only some codes have. */
    this.problem = problem;
  }
}

/** @param {Answer} answer */
const errorOf = ({ response, data }) =>
  new CleanJwtError({ code: data?.mfaToken ? data.status : `http-${response.status}`, ...data }, response);

/** @param {Answer} answer */
const read = (answer) => {
  // Half a sign-in has a status of success, and nobody may take it for a whole one.
  if (answer.response.ok && !answer.data?.mfaToken) return answer.data;
  throw errorOf(answer);
};

const signedOut = () => new CleanJwtError({ code: 'signed-out', detail: 'The session ended while the call waited.' });

/** @param {Response} response */
const isJson = (response) => /json/.test(response.headers.get('content-type') ?? '');

/** @returns {any} The browser's functions for passkeys. Old browsers and other platforms have none. */
const webAuthn = () => /** @type {any} */ (globalThis).PublicKeyCredential;

/** Tells the browser which passkeys it should offer no longer, if it wants to know. */
const tell = (/** @type {string} */ method, /** @type {unknown} */ about) =>
  webAuthn()?.[method]?.(about).catch(() => {});

/**
 * Keeps a page signed in to a CleanJwt service. It sets no timers: a call that needs a fresh access token renews it.
 * Every asynchronous method except `fetch` rejects with a `CleanJwtError`.
 */
export class CleanJwt {
  #url;
  #cookie;
  #origins;
  #scope;
  #ask;
  #fetch;
  /** @type {BroadcastChannel | undefined} */
  #channel;
  /** @type {Map<string, Set<(detail: any) => void>>} */
  #listeners = new Map();
  /** @type {string | undefined} */
  #token;
  /** @type {string | undefined} */
  #refreshToken;
  /** @type {string | undefined} */
  #sessionId;
  /** The time, on the monotonic clock, from which the access token is renewed before use. */
  #renewAt = 0;
  /** Whether the service must be asked before the access token is used. */
  #stale;
  /** Whether the service has been asked. From then on, a session that appears is an event. */
  #known = false;
  #leaving = false;
  /** Counts the ends of sessions. An answer from an earlier epoch is thrown away. */
  #epoch = 0;
  /** @type {Promise<void> | undefined} */
  #renewing;
  /** The last refresh, also one whose answer will be thrown away. It never rejects. */
  #lastRefresh = Promise.resolve();
  /** @type {Promise<boolean> | undefined} */
  #asking;
  /** Ends the prompt for a passkey that the browser has open. It can have one at a time. */
  #prompting = new AbortController();

  /**
   * How many recovery codes were left after the last sign-in, if it was one by a recovery code.
   * @type {number | undefined}
   */
  recoveryCodesLeft;

  /** @param {Options} [options] */
  constructor(options = {}) {
    const { url = globalThis.location?.origin, audiences = [], channel, fetch = globalThis.fetch } = options;
    this.#url = new URL(url, globalThis.location?.href).href.replace(/\/+$/, '');
    this.#cookie = options.transport != 'body';
    this.#origins = [this.#url, ...audiences].map((address) => new URL(address).origin);
    this.#scope = options.scope;
    this.#refreshToken = options.refreshToken;
    this.#ask = options.onReauthenticate;
    // Browsers refuse their fetch as a method of another object.
    this.#fetch = (/** @type {Parameters<typeof fetch>} */ ...call) => fetch(...call);
    this.#stale = this.#canRenew;
    globalThis.addEventListener?.('pageshow', this.#onPageShow);
    if (channel !== false && globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(channel ?? `cleanjwt ${this.#url}`);
      this.#channel.onmessage = ({ data }) => this.#hear(data);
      // An open channel would keep a Node process running.
      /** @type {{ unref?: () => void }} */ (this.#channel).unref?.();
    }
  }

  /** Whether this page has a session, as far as it knows. Only the service knows whether the session is still live. */
  get isSignedIn() {
    return !!this.#sessionId;
  }

  /** The id of the session, or undefined. */
  get sessionId() {
    return this.#sessionId;
  }

  /**
   * For the transport `body`: the current refresh token, for an application that keeps it elsewhere. Each refresh
   * replaces it, so read it in listeners of `signed-in` and `refreshed`. Keep it where no script of a page can read it.
   */
  get refreshToken() {
    return this.#refreshToken;
  }

  /**
   * Calls a function, in a microtask, whenever an event happens.
   * @template {keyof Events} E
   * @param {E} event
   * @param {(detail: Events[E]) => void} listener
   * @returns {() => void} A function that removes the listener.
   */
  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Closes the channel and removes all listeners. The session goes on. */
  dispose() {
    this.#channel?.close();
    this.#channel = undefined;
    this.#listeners.clear();
    globalThis.removeEventListener?.('pageshow', this.#onPageShow);
  }

  /**
   * Takes up the session that the cookie or the option `refreshToken` holds. Call it when the page starts.
   * @returns {Promise<Account | undefined>} The account, or undefined if there is no session.
   */
  async restore() {
    if (!this.#token) this.#stale = this.#canRenew;
    try {
      return (await this.accessToken()) ? await this.me() : undefined;
    } catch (error) {
      const { code, status } = /** @type {CleanJwtError} */ (error);
      // Another tab can sign in meanwhile.
      if (code == 'signed-out' && this.#sessionId) return this.restore();
      if (code == 'signed-out' || (status == 401 && !this.#sessionId)) return undefined;
      throw error;
    }
  }

  /**
   * Creates an account. It does not sign in.
   * @param {Schemas['RegisterCommand'] & MailOptions} registration
   * @returns {Promise<Account | ConfirmationRequired>} The account. Where the service requires a confirmed address,
   *   an object with `status` and with the flow token for `confirmRegistration`.
   */
  register(registration) {
    return this.#open('/api/auth/register', registration);
  }

  /**
   * Creates the account of a sign-up by the code or the link of its mail, and signs in.
   * @param {{ flowToken: string, code: string, scope?: string }
   *   | { token: string, password: string, displayName?: string, scope?: string }} proof
   * @returns {Promise<Account>}
   */
  async confirmRegistration(proof) {
    return (await this.#begin('/api/auth/register/confirm', proof)).account;
  }

  /**
   * Asks for the mail of a sign-up again.
   * @param {string} flowToken
   * @param {MailOptions} [options]
   * @returns {Promise<ConfirmationRequired>} A new flow token, which belongs to the code of the new mail.
   */
  resendConfirmation(flowToken, options) {
    return this.#open('/api/auth/register/resend', { flowToken, ...options });
  }

  /**
   * Starts a session and reads the account. If only the reading fails, it rejects and the session stays.
   *
   * For an account with a second factor, a right password is half a sign-in. It rejects with `second-factor-required`,
   * and `problem` of the error has `mfaToken`, `methods` (of `totp`, `recovery-code` and `passkey`) and `expiresIn`
   * (seconds). `signInWithSecondFactor`, or `signInWithPasskey` with the `mfaToken`, then completes it.
   * @param {{ email: string, password: string, scope?: string }} credentials
   * @returns {Promise<Account>}
   */
  async signIn(credentials) {
    await this.#begin('/api/auth/login', credentials);
    return this.me();
  }

  /**
   * Completes a sign-in that `signIn` began. After a wrong code (`invalid-second-factor`) the same `mfaToken` counts
   * again. With `invalid-mfa-token` it has expired, and the sign-in begins anew. After a recovery code the property
   * `recoveryCodesLeft` says how many are left.
   * @param {{ mfaToken: string, code?: string, recoveryCode?: string, passkey?: PasskeyProof }} proof One of the three:
   *   the `code` of an authenticator app, a recovery code, or an answer of a passkey.
   * @returns {Promise<Account>}
   */
  async signInWithSecondFactor(proof) {
    await this.#begin('/api/auth/login/second-factor', proof);
    return this.me();
  }

  /**
   * Signs in with a passkey of this device, of a password manager, of a phone or of a security key.
   * @param {PasskeyOptions & { scope?: string, mfaToken?: string }} [options] With the `mfaToken` of a sign-in by
   *   password, the passkey is its second factor.
   * @returns {Promise<Account>} Rejects with `passkey-cancelled` if the user or `signal` ended the question, and with
   *   `unknown-passkey` if the service does not know the passkey. The browser is then told to offer it no longer.
   */
  async signInWithPasskey({ scope, mfaToken, ...options } = {}) {
    const begin = () => this.#open('/api/auth/passkey/options', { mfaToken });
    const { rpId, ...passkey } = await this.#prompt(begin, options);
    if (mfaToken) return this.signInWithSecondFactor({ mfaToken, passkey });
    try {
      await this.#begin('/api/auth/passkey/login', { ...passkey, scope });
    } catch (error) {
      const { code } = /** @type {CleanJwtError} */ (error);
      if (code == 'unknown-passkey') tell('signalUnknownCredential', { rpId, credentialId: passkey.credential.id });
      throw error;
    }
    return this.me();
  }

  /**
   * Asks for a passkey of the account that is signed in: the `passkey` of a proof, for `reauthenticate` or as part of
   * the answer of `onReauthenticate`. Rejects with `passkey-cancelled` if the user or `signal` ended the question.
   * @param {PasskeyOptions} [options]
   * @returns {Promise<PasskeyProof>}
   */
  async askPasskey(options) {
    const begin = () => this.request('POST', '/api/auth/passkey/options', {});
    const { state, credential } = await this.#prompt(begin, options);
    return { state, credential };
  }

  /**
   * Ends the session. It rejects if the service cannot be told. Then the session goes on, and the page stays signed in.
   * @returns {Promise<void>}
   */
  async signOut() {
    if (!this.#token && !this.#canRenew) return;
    const epoch = this.#epoch;
    this.#leaving = true;
    try {
      const answer = await this.#send('POST', '/api/auth/logout', { refreshToken: this.#refreshToken }, this.#token);
      // 401 says that there is no session to end.
      if (answer.response.status != 401) read(answer);
      if (epoch == this.#epoch) this.#end('signed-out');
    } finally {
      this.#leaving = false;
    }
  }

  /**
   * Proves again who is signed in, for calls that need a recent sign-in.
   * @param {string | Proof} proof A string is the password.
   * @returns {Promise<void>} Rejects with `invalid-credentials` if the password is wrong.
   */
  async reauthenticate(proof) {
    // A refresh that is under way could bring a token with the old time of sign-in.
    await this.#renewing?.catch(() => {});
    const body = typeof proof == 'string' ? { password: proof } : proof;
    let since = 0;
    const answer = await this.#authorized((token) => {
      since = performance.now();
      return this.#send('POST', '/api/auth/reauthenticate', body, token);
    }, false);
    const tokens = read(answer);
    if (tokens.sessionId != this.#sessionId) throw signedOut();
    this.#adopt(tokens, since);
    this.#emit('refreshed');
  }

  /**
   * Asks for a mail that replaces a forgotten password.
   * @param {string} email
   * @param {MailOptions} [options]
   * @returns {Promise<FlowTicket>} The flow token for `resetPassword`, whether the address has an account or not.
   */
  forgotPassword(email, options) {
    return this.#open('/api/auth/password/forgot', { email, ...options });
  }

  /**
   * Replaces a forgotten password by the code or the link of the mail. Every session of the account ends.
   * @param {{ newPassword: string, flowToken: string, code: string } | { newPassword: string, token: string }} proof
   * @returns {Promise<void>}
   */
  resetPassword(proof) {
    return this.#open('/api/auth/password/reset', proof);
  }

  /**
   * Reads the account that is signed in. Rejects with `signed-out` if another session has taken its place meanwhile.
   * @returns {Promise<Account>}
   */
  async me() {
    const epoch = this.#epoch;
    const account = await this.request('GET', '/api/users/me');
    if (epoch != this.#epoch) throw signedOut();
    return account;
  }

  /**
   * @param {Schemas['UpdateProfileCommand']} changes A field that is absent keeps its value.
   * @param {string} [etag] Rejects with `stale-version` if the account has another `ETag`.
   * @returns {Promise<Account>}
   */
  updateProfile(changes, etag) {
    return this.request('PATCH', '/api/users/me', changes, { headers: etag ? { 'if-match': etag } : {} });
  }

  /**
   * Replaces the password and ends every other session. A wrong current password is `errors.currentPassword`.
   * @param {Schemas['ChangePasswordCommand']} passwords
   * @returns {Promise<void>}
   */
  changePassword(passwords) {
    return this.request('PUT', '/api/users/me/password', passwords);
  }

  /**
   * Deletes the account for good. It needs a recent sign-in.
   * @returns {Promise<void>}
   */
  async deleteAccount() {
    const epoch = this.#epoch;
    await this.request('DELETE', '/api/users/me');
    if (epoch == this.#epoch) this.#end('deleted');
  }

  /**
   * Asks for a mail that confirms the address of the account.
   * @param {MailOptions} [options]
   * @returns {Promise<FlowTicket>}
   */
  requestEmailConfirmation({ language, ...body } = {}) {
    return this.request('POST', '/api/users/me/email/confirmation', body, { headers: languageHeader(language) });
  }

  /**
   * Confirms the address of the account by the code or the link of the mail.
   * @param {{ flowToken: string, code: string } | { token: string }} proof
   * @returns {Promise<Account>}
   */
  confirmEmail(proof) {
    return this.request('POST', '/api/users/me/email/confirm', proof);
  }

  /**
   * Lists the live sessions of the account, newest first.
   * @returns {Promise<Session[]>}
   */
  async sessions() {
    return (await this.request('GET', '/api/users/me/sessions')).items;
  }

  /**
   * Ends a session of the account. The page's own session is ended by `signOut()`.
   * @param {string} id
   * @returns {Promise<void>}
   */
  endSession(id) {
    if (id == this.#sessionId) return this.signOut();
    return this.request('DELETE', `/api/users/me/sessions/${encodeURIComponent(id)}`);
  }

  /**
   * Ends every session of the account except this one.
   * @returns {Promise<void>}
   */
  endOtherSessions() {
    return this.request('DELETE', '/api/users/me/sessions?except=current');
  }

  /**
   * Lists the audit entries of the account, newest first.
   * @param {{ after?: string, limit?: number }} [page] `after` is the `next` of the page before. `limit` is 1 to 100,
   *   and 20 by default.
   * @returns {Promise<ActivityPage>}
   */
  activity(page = {}) {
    const query = Object.entries(page).filter(([, value]) => value != undefined);
    return this.request('GET', `/api/users/me/activity?${new URLSearchParams(/** @type {string[][]} */ (query))}`);
  }

  /**
   * Says which second factors the account has.
   * @returns {Promise<SecondFactors>}
   */
  secondFactors() {
    return this.request('GET', '/api/users/me/second-factors');
  }

  /**
   * Begins to set up an authenticator app. Nothing is stored before `confirmTotp`. It needs a recent sign-in, as do all
   * methods that change a second factor.
   * @returns {Promise<TotpSetup>} `qrCode` is the `src` of an image. `secret` is for those who cannot scan it.
   */
  setUpTotp() {
    return this.request('POST', '/api/users/me/totp');
  }

  /**
   * Sets the authenticator app up, by a code of it. Every other session ends.
   * @param {{ setupToken: string, code: string }} proof
   * @returns {Promise<string[] | null>} The recovery codes, which nobody can read again. null if the account has some
   *   already.
   */
  async confirmTotp(proof) {
    return (await this.request('PUT', '/api/users/me/totp', proof)).recoveryCodes;
  }

  /**
   * Removes the authenticator app. Every other session ends.
   * @returns {Promise<void>}
   */
  removeTotp() {
    return this.request('DELETE', '/api/users/me/totp');
  }

  /**
   * Makes new recovery codes. The old ones no longer count.
   * @returns {Promise<string[]>}
   */
  async newRecoveryCodes() {
    return (await this.request('POST', '/api/users/me/recovery-codes')).recoveryCodes;
  }

  /**
   * Turns the second factor on or off for an account that has only passkeys. While it is off, the password alone is
   * enough to sign in.
   * @param {boolean} required
   * @returns {Promise<SecondFactors>}
   */
  requireSecondFactor(required) {
    return this.request('PUT', '/api/users/me/second-factors', { required });
  }

  /**
   * Lists the passkeys of the account, and tells the browser which ones still count.
   * @returns {Promise<Passkey[]>}
   */
  async passkeys() {
    const { items, signal } = await this.request('GET', '/api/users/me/passkeys');
    tell('signalAllAcceptedCredentials', signal);
    return items;
  }

  /**
   * Makes a passkey for the account. It needs a recent sign-in.
   * @param {string} [name] By which the user tells it from others.
   * @returns {Promise<Passkey>} Rejects with `passkey-already-registered` if the device has a passkey of the account.
   */
  async addPasskey(name) {
    const begin = () => this.request('POST', '/api/users/me/passkeys/options');
    const { state, credential } = await this.#prompt(begin, { isNew: true });
    return this.request('POST', '/api/users/me/passkeys', { state, credential, name });
  }

  /**
   * @param {string} id
   * @param {string} name
   * @returns {Promise<Passkey>}
   */
  renamePasskey(id, name) {
    return this.request('PATCH', `/api/users/me/passkeys/${encodeURIComponent(id)}`, { name });
  }

  /**
   * Removes a passkey, ends the other sessions that it began, and tells the browser. It needs a recent sign-in.
   * @param {string} id
   * @returns {Promise<void>}
   */
  async removePasskey(id) {
    await this.request('DELETE', `/api/users/me/passkeys/${encodeURIComponent(id)}`);
    await this.passkeys().catch(() => {});
  }

  /**
   * Calls any route of the service with the access token. Use it for routes that have no method here, such as those of
   * administrators. `fetch` gives the whole response instead, with its headers.
   * @param {string} method
   * @param {string} path Begins with `/`, under `url`.
   * @param {unknown} [body] Sent as JSON.
   * @param {{ headers?: Record<string, string> }} [options]
   * @returns {Promise<any>} The body of the answer, or undefined if it has none.
   */
  async request(method, path, body, options) {
    return read(await this.#authorized((token) => this.#send(method, path, body, token, options?.headers)));
  }

  /**
   * The platform's `fetch` with the access token. Without a session it sends the request without a token. It goes to
   * the origins of `url` and `audiences` only, and rejects with a `TypeError` for any other.
   * @param {RequestInfo | URL} input
   * @param {RequestInit} [init]
   * @returns {Promise<Response>}
   */
  async fetch(input, init) {
    const base = globalThis.document?.baseURI ?? globalThis.location?.href ?? this.#url;
    const request = new Request(input instanceof Request ? input : new URL(input, base), init);
    const { origin } = new URL(request.url);
    if (!this.#origins.includes(origin)) throw new TypeError(`${origin} is not in audiences: it gets no token.`);
    const { response } = await this.#authorized(async (token) => {
      // The original stays unread for a repetition.
      const copy = request.clone();
      if (token) copy.headers.set('authorization', `Bearer ${token}`);
      const response = await this.#fetch(copy);
      const isProblem = response.status == 401 && isJson(response);
      return { response, data: isProblem ? await response.clone().json().catch(() => {}) : undefined };
    });
    return response;
  }

  /**
   * The access token, for requests that do not go through `fetch`. It is valid for 30 s or more, unless its whole
   * lifetime is shorter than a minute. Ask again for each request.
   * @returns {Promise<string | undefined>} undefined if there is no session.
   */
  async accessToken() {
    const epoch = this.#epoch;
    if (this.#stale || (this.#token && performance.now() >= this.#renewAt)) {
      await this.#renew();
      if (epoch != this.#epoch) throw signedOut();
    }
    return this.#token;
  }

  get #canRenew() {
    return this.#cookie || !!this.#refreshToken;
  }

  // A page from the back-forward cache missed the events since it was left.
  #onPageShow = (/** @type {Event} */ event) => {
    if (!(/** @type {PageTransitionEvent} */ (event).persisted)) return;
    this.#stale = this.#canRenew;
    this.accessToken().catch(() => {});
  };

  /**
   * @template {keyof Events} E
   * @param {E} event
   * @param {Events[E]} [detail]
   */
  #emit(event, detail) {
    // In a microtask a listener can call the client, and an error in it stops no other listener.
    for (const listener of this.#listeners.get(event) ?? []) queueMicrotask(() => listener(detail));
  }

  /** @param {{ event: string, sessionId?: string, reason: SignedOutReason }} message */
  #hear({ event, sessionId, reason }) {
    if (event == 'signed-out') {
      // A tab that signs out before it has restored its session does not know the id.
      if (sessionId ? sessionId == this.#sessionId : this.#cookie) this.#end(reason, false);
    } else if (this.#cookie && sessionId != this.#sessionId) {
      // The cookie now belongs to another session, perhaps to another account.
      this.#end('signed-out', false);
      this.#sessionId = sessionId;
      this.#stale = this.#known = true;
      this.#emit('signed-in');
    }
  }

  /**
   * @param {SignedOutReason} reason
   * @param {boolean} [tell] Whether the other tabs should hear it.
   */
  #end(reason, tell = true) {
    const sessionId = this.#sessionId;
    if (this.#leaving) reason = 'signed-out';
    this.#epoch++;
    this.#clear();
    // Tabs with the transport `body` have a session each, and only its id tells which.
    if (tell && (sessionId || this.#cookie)) this.#channel?.postMessage({ event: 'signed-out', sessionId, reason });
    if (sessionId) this.#emit('signed-out', reason);
  }

  #clear() {
    this.#token = this.#refreshToken = this.#sessionId = this.#renewing = undefined;
    this.#stale = false;
  }

  /**
   * @param {Tokens} tokens
   * @param {number} since The time before the request, on the monotonic clock.
   */
  #adopt(tokens, since) {
    this.#token = tokens.accessToken;
    this.#refreshToken = tokens.refreshToken ?? undefined;
    this.#sessionId = tokens.sessionId;
    this.#renewAt = since + Math.max(tokens.expiresIn - 30, tokens.expiresIn / 2) * 1000;
    this.#stale = false;
    this.#known = true;
  }

  /**
   * @param {string} path
   * @param {{ scope?: string, mfaToken?: string }} body
   */
  async #begin(path, body) {
    // The late cookie of a refresh would replace that of the sign-in, also after a sign-out.
    await this.#lastRefresh;
    const since = performance.now();
    // The scope of a sign-in in two steps is that of the first.
    const scope = body.mfaToken ? undefined : (body.scope ?? this.#scope);
    const data = await this.#open(path, { ...body, scope });
    // A prompt that waits among the suggestions of a field is no longer needed.
    this.#prompting.abort();
    this.recoveryCodesLeft = data.recoveryCodesLeft ?? undefined;
    this.#end('signed-out', false);
    this.#adopt(data.tokens ?? data, since);
    this.#channel?.postMessage({ event: 'signed-in', sessionId: this.#sessionId });
    this.#emit('signed-in');
    return data;
  }

  #renew() {
    if (this.#renewing) return this.#renewing;
    const renewing = this.#refresh().finally(() => {
      if (this.#renewing == renewing) this.#renewing = undefined;
    });
    this.#lastRefresh = renewing.catch(() => {});
    return (this.#renewing = renewing);
  }

  async #refresh() {
    const epoch = this.#epoch;
    const since = performance.now();
    const answer = await this.#send('POST', '/api/auth/refresh', { refreshToken: this.#refreshToken });
    if (epoch != this.#epoch) return;
    const { response, data } = answer;
    /** @type {Record<string, SignedOutReason>} */
    const reasons = { 'invalid-refresh-token': 'expired', 'refresh-token-reused': 'revoked' };
    const reason = response.status == 204 ? 'signed-out' : reasons[data?.code];
    if (reason) {
      this.#known = true;
      // A call that asked whether there is a session has its answer, and no session ended.
      return this.#sessionId ? this.#end(reason) : this.#clear();
    }
    /** @type {Tokens} */
    const tokens = read(answer);
    const appears = tokens.sessionId != this.#sessionId && this.#known;
    // The cookie changed its session, and this page did not hear of it.
    if (appears && this.#sessionId) this.#end('signed-out', false);
    this.#adopt(tokens, since);
    if (appears) this.#emit('signed-in');
    this.#emit('refreshed');
  }

  /**
   * @param {(token?: string) => Promise<Answer>} send
   * @param {boolean} [stepUp] Whether to ask the user for a proof that the service demands.
   * @returns {Promise<Answer>}
   */
  async #authorized(send, stepUp = true) {
    /** @type {number | undefined} */
    let epoch;
    const tried = new Set();
    for (;;) {
      const token = await this.accessToken();
      // A repetition must not run as another account.
      if ((epoch ??= this.#epoch) != this.#epoch) throw signedOut();
      const answer = await send(token);
      const { response, data } = answer;
      if (response.status != 401 || !token || epoch != this.#epoch) return answer;
      // Services with other libraries say it in the header only (RFC 6750).
      const refused = /"invalid_token"/.test(response.headers.get('www-authenticate') ?? '');
      const code = data?.code ?? (refused && 'invalid-token');
      if (code == 'token-revoked' || code == 'user-not-found') {
        this.#end(code == 'token-revoked' ? 'revoked' : 'deleted');
        return answer;
      }
      const isExpired = code == 'token-expired' || code == 'invalid-token';
      const isStepUp = code == 'reauthentication-required' || code == 'second-factor-required';
      const remedy = isExpired ? 'renewal' : stepUp && this.#ask && isStepUp ? code : undefined;
      if (!remedy || tried.has(remedy)) return answer;
      // Another call may have received a new token since.
      if (token != this.#token) continue;
      tried.add(remedy);
      if (isExpired) await this.#renew();
      else if (!(await this.#prove(errorOf(answer)))) return answer;
    }
  }

  /** @param {CleanJwtError} problem */
  #prove(problem) {
    return (this.#asking ??= (async () => {
      /** @type {string | undefined} */
      let password;
      for (;;) {
        const answer = await this.#ask?.(problem);
        if (!answer) return false;
        const proof = { password, ...answer };
        try {
          await this.reauthenticate(proof);
          return true;
        } catch (error) {
          problem = /** @type {CleanJwtError} */ (error);
          // Only after a right password does the service speak of a second factor.
          password = /second-factor/.test(problem.code) ? proof.password : undefined;
          // 400 and 401 refuse the proof. Any other error is not about the proof.
          if (!this.#sessionId || (problem.status != 400 && problem.status != 401)) throw error;
        }
      }
    })().finally(() => (this.#asking = undefined)));
  }

  /**
   * Has the browser ask for a passkey. A later prompt ends an earlier one.
   * @param {() => Promise<any>} begin Asks the service for a state and for the options of the browser.
   * @param {PasskeyOptions & { isNew?: boolean }} [options]
   * @returns {Promise<{ state: string, credential: any, rpId: string }>}
   */
  async #prompt(begin, { conditional, signal, isNew } = {}) {
    const api = webAuthn();
    if (!api?.parseRequestOptionsFromJSON) throw new CleanJwtError({ code: 'passkeys-unavailable' });
    this.#prompting.abort();
    this.#prompting = new AbortController();
    const signals = signal ? [signal, this.#prompting.signal] : [this.#prompting.signal];
    for (;;) {
      const { state, options, expiresIn } = await begin();
      // A prompt that waits long is made anew before its options expire.
      const expiry = AbortSignal.timeout(expiresIn * 900);
      try {
        const credential = /** @type {any} */ (await navigator.credentials[isNew ? 'create' : 'get']({
          publicKey: api[isNew ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON'](options),
          mediation: conditional ? 'conditional' : undefined,
          signal: AbortSignal.any([expiry, ...signals]),
        }));
        return { state, credential: credential.toJSON(), rpId: options.rpId };
      } catch (cause) {
        if (expiry.aborted) continue;
        const { name } = /** @type {Error} */ (cause);
        const code = name == 'InvalidStateError' ? 'passkey-already-registered'
          : /^(Abort|NotAllowed|Timeout)/.test(name) ? 'passkey-cancelled' : 'passkeys-unavailable';
        throw new CleanJwtError({ code }, undefined, cause);
      }
    }
  }

  /**
   * Calls a route that needs no access token.
   * @param {string} path
   * @param {{ language?: string, [field: string]: unknown }} body
   */
  async #open(path, { language, ...body }) {
    return read(await this.#send('POST', path, body, undefined, languageHeader(language)));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {string} [token]
   * @param {Record<string, string>} [headers]
   * @returns {Promise<Answer>}
   */
  async #send(method, path, body, token, headers) {
    const lasting = lastingRoutes.test(path);
    const cookie = this.#cookie && cookieRoutes.test(path);
    const url = `${this.#url}/${path.slice(1)}${cookie ? '?transport=cookie' : ''}`;
    for (let attempt = 1; ; attempt++) {
      /** @type {CleanJwtError} */
      let error;
      try {
        const response = await this.#fetch(url, {
          method,
          headers: {
            ...(body ? { 'content-type': 'application/json' } : {}),
            ...(token ? { authorization: `Bearer ${token}` } : {}),
            ...headers,
          },
          body: body ? JSON.stringify(body) : undefined,
          credentials: cookie ? 'include' : 'same-origin',
          keepalive: lasting,
          redirect: 'error',
          // All attempts of a refresh must fit into the time for which the service repeats a lost answer.
          signal: AbortSignal.timeout(lasting ? 8000 : 30000),
        });
        const text = await response.text();
        const data = text && (response.ok || isJson(response)) ? JSON.parse(text) : undefined;
        if (response.status < 500 || response.status == 501) return { response, data };
        error = errorOf({ response, data });
      } catch (cause) {
        error = new CleanJwtError({ code: 'unreachable', detail: 'The service cannot be reached.' }, undefined, cause);
      }
      const { code, retryAfter = 0 } = error;
      // The service promises that it did not carry out such a request. After any other failure it may have.
      const untouched = code == 'service-unavailable' || code == 'revocation-unavailable';
      if (attempt == 3 || retryAfter > 10 || !(untouched || lasting || method == 'GET')) {
        this.#emit('unreachable', error);
        throw error;
      }
      const seconds = (retryAfter || attempt * attempt * 0.3) + Math.random() * 0.3;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }
}

/** @param {string} [language] */
function languageHeader(language) {
  return language ? { 'accept-language': language } : undefined;
}
