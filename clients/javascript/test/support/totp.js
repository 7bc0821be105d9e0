import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param {string} secret In Base32. */
function keyOf(secret) {
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

/** The code of an authenticator app (RFC 6238): SHA-1, 6 digits, 30 seconds. */
export function totp(/** @type {string} */ secret, time = Date.now()) {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(time / 30000)));
  const hash = createHmac('sha1', keyOf(secret)).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, '0');
}

/**
 * An authenticator app. The service takes each code once, and the next one 30 seconds early, so two codes are there at
 * any time. A third one must be waited for.
 */
export function authenticatorApp(/** @type {string} */ secret) {
  let last = 0;
  return async function nextCode() {
    const step = Math.max(Math.floor(Date.now() / 30000), last + 1);
    last = step;
    const early = (step - 1) * 30000 - Date.now();
    if (early > 0) await sleep(early + 100);
    return totp(secret, step * 30000);
  };
}
