import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** @typedef {{ id: string, rpId: string, userHandle: string, privateKey: import('node:crypto').KeyObject }} Passkey */

const sha256 = (/** @type {string | Uint8Array} */ data) => createHash('sha256').update(data).digest();
const bytesOf = (/** @type {string} */ text) => Buffer.from(text, 'base64url');

/**
 * Encodes a value in CBOR, as far as WebAuthn needs it.
 * @param {number | string | Uint8Array | Map<unknown, unknown>} value
 * @returns {Buffer}
 */
function cbor(value) {
  const head = (/** @type {number} */ type, /** @type {number} */ size) => Buffer.from(
    size < 24 ? [(type << 5) | size]
      : size < 256 ? [(type << 5) | 24, size] : [(type << 5) | 25, size >> 8, size & 255]);
  if (typeof value == 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value == 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) {
    const entries = [...value].flatMap(([key, item]) => [cbor(/** @type {any} */ (key)), cbor(/** @type {any} */ (item))]);
    return Buffer.concat([head(5, value.size), ...entries]);
  }
  return Buffer.concat([head(2, value.length), value]);
}

/**
 * The passkeys of a browser. Its user always agrees, unless a test sets `refusal`. Its passkeys are synced ones, whose
 * counter is always 0.
 */
export class Authenticator {
  /** @type {Passkey[]} */
  passkeys = [];
  /** What the browser rejects with instead of an answer. @type {string | undefined} */
  refusal;
  /** The calls of the browser, such as `get conditional`, and what it was told. @type {string[]} */
  calls = [];

  /** @param {string} origin The origin of the page. */
  constructor(origin) {
    const self = this;
    this.origin = origin;
    const tell = (/** @type {string} */ name) => async (/** @type {unknown} */ about) =>
      void self.calls.push(`${name} ${JSON.stringify(about)}`);
    const parse = (/** @type {any} */ options) => options;
    this.globals = {
      PublicKeyCredential: {
        parseCreationOptionsFromJSON: parse,
        parseRequestOptionsFromJSON: parse,
        isConditionalMediationAvailable: async () => true,
        signalAllAcceptedCredentials: tell('accepted'),
        signalUnknownCredential: tell('unknown'),
      },
      navigator: {
        credentials: {
          create: (/** @type {any} */ request) => self.#answer('create', request, () => self.#create(request.publicKey)),
          get: (/** @type {any} */ request) => self.#answer('get', request, () => self.#get(request.publicKey)),
        },
      },
    };
  }

  /** Gives Node what a browser has, until the returned function is called. */
  plugIn() {
    const names = /** @type {const} */ (['PublicKeyCredential', 'navigator']);
    const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
    for (const name of names) {
      Object.defineProperty(globalThis, name, { value: this.globals[name], configurable: true, writable: true });
    }
    return () => names.forEach((name, i) => {
      Reflect.deleteProperty(globalThis, name);
      const descriptor = before[i];
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
    });
  }

  /**
   * @param {string} method
   * @param {any} request
   * @param {() => object} answer
   */
  async #answer(method, { signal, mediation }, answer) {
    this.calls.push([method, mediation].filter(Boolean).join(' '));
    signal.throwIfAborted();
    if (this.refusal) throw new DOMException('refused', this.refusal);
    // A conditional prompt waits for the user.
    if (mediation && !this.accepts) {
      await new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
    }
    const json = answer();
    return { toJSON: () => json };
  }

  /** Whether the user takes a passkey that is only suggested. */
  accepts = false;

  #create(/** @type {any} */ { challenge, rp, user, excludeCredentials }) {
    const isKnown = excludeCredentials.some((/** @type {any} */ { id }) => this.passkeys.some((one) => one.id == id));
    if (isKnown) throw new DOMException('known', 'InvalidStateError');
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(16);
    this.passkeys.push({ id: id.toString('base64url'), rpId: rp.id, userHandle: user.id, privateKey });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const key = cbor(new Map(/** @type {[number, any][]} */ (
      [[1, 2], [3, -7], [-1, 1], [-2, bytesOf(x)], [-3, bytesOf(y)]])));
    const data = Buffer.concat([
      this.#authenticatorData(rp.id, 0x40), Buffer.alloc(16), Buffer.from([0, id.length]), id, key,
    ]);
    const attestation = new Map(/** @type {[string, any][]} */ (
      [['fmt', 'none'], ['attStmt', new Map()], ['authData', data]]));
    return this.#credential(id.toString('base64url'), {
      clientDataJSON: this.#clientData('webauthn.create', challenge).toString('base64url'),
      attestationObject: cbor(attestation).toString('base64url'),
      transports: ['internal', 'hybrid'],
    });
  }

  #get(/** @type {any} */ { challenge, rpId, allowCredentials = [] }) {
    const passkey = this.passkeys.filter((one) => one.rpId == rpId
      && (!allowCredentials.length || allowCredentials.some((/** @type {any} */ { id }) => id == one.id))).at(-1);
    if (!passkey) throw new DOMException('none', 'NotAllowedError');
    const clientData = this.#clientData('webauthn.get', challenge);
    const data = this.#authenticatorData(rpId, 0);
    return this.#credential(passkey.id, {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', Buffer.concat([data, sha256(clientData)]), passkey.privateKey).toString('base64url'),
      userHandle: passkey.userHandle,
    });
  }

  // Present, verified, can be backed up, and is.
  #authenticatorData = (/** @type {string} */ rpId, /** @type {number} */ flags) =>
    Buffer.concat([sha256(rpId), Buffer.from([0x1d | flags]), Buffer.alloc(4)]);

  #clientData = (/** @type {string} */ type, /** @type {string} */ challenge) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));

  #credential = (/** @type {string} */ id, /** @type {object} */ response) => ({
    id, rawId: id, type: 'public-key', authenticatorAttachment: 'platform', clientExtensionResults: {}, response,
  });
}
