// What this browser can do with passkeys.

/** Whether the browser has passkeys at all. */
export const hasPasskeys = () => !!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;

/** Whether the browser can offer passkeys among the suggestions of a field. */
export const suggestsPasskeys = async () =>
  hasPasskeys() && !!(await PublicKeyCredential.isConditionalMediationAvailable?.());

/** Whether this device can keep a passkey itself, behind a fingerprint, a face or a PIN. */
export const keepsPasskeys = async () =>
  hasPasskeys() && PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
