// A relying party that takes the answers of an authenticator in turn and prints its findings as JSON.
// ORIGIN=https://id.example.com node relying-party.js '[{ "options": { … }, "credential": { … } }, …]'
import { createPublicKey } from 'node:crypto';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import {
  decodeAttestationObject, decodeClientDataJSON, decodeCredentialPublicKey,
} from '@simplewebauthn/server/helpers';

const passkeys = new Map();

function demand(condition, message) {
  if (!condition) {
    throw new Error(message);
  }
}

// The library looks at frames only in assertions, and only where the browser names the outer page.
function demandNoFrame(response) {
  demand(!decodeClientDataJSON(response.clientDataJSON).crossOrigin, 'The page is in a frame of another origin.');
}

// The library ignores the copies that a browser makes for pages that can't read CBOR.
function demandTrueCopies({ attestationObject, authenticatorData, publicKey, publicKeyAlgorithm }, coseKey) {
  const original = decodeAttestationObject(Buffer.from(attestationObject, 'base64url')).get('authData');
  demand(Buffer.from(original).toString('base64url') === authenticatorData, 'The authenticator data differ.');
  const { n, x } = createPublicKey({
    key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki',
  }).export({ format: 'jwk' });
  const cose = decodeCredentialPublicKey(coseKey);
  demand(Buffer.from(cose.get(n ? -1 : -2)).toString('base64url') === (n ?? x), 'The public key differs.');
  demand(cose.get(3) === publicKeyAlgorithm, 'The algorithm differs.');
}

async function register(options, credential) {
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: credential,
    expectedChallenge: options.challenge,
    expectedOrigin: process.env.ORIGIN,
    expectedRPID: options.rp.id,
    supportedAlgorithmIDs: options.pubKeyCredParams.map(({ alg }) => alg),
  });
  demand(verified, 'The attestation is wrong.');
  demandNoFrame(credential.response);
  const { credential: passkey, fmt, userVerified, credentialDeviceType, credentialBackedUp } = registrationInfo;
  demandTrueCopies(credential.response, passkey.publicKey);
  demand(!passkeys.has(passkey.id), 'The passkey is registered already.');
  passkeys.set(passkey.id, { ...passkey, userHandle: options.user.id });
  const { id, counter, transports } = passkey;
  return { id, counter, transports, fmt, userVerified, credentialDeviceType, credentialBackedUp };
}

// The library leaves it to the relying party to find the passkey and to compare the user handle.
async function authenticate(options, credential) {
  const { allowCredentials = [] } = options;
  const allowed = allowCredentials.length === 0 || allowCredentials.some(({ id }) => id === credential.id);
  demand(allowed, 'The passkey is not allowed.');
  const passkey = passkeys.get(credential.id);
  demand(passkey, 'The passkey is unknown.');
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: credential,
    expectedChallenge: options.challenge,
    expectedOrigin: process.env.ORIGIN,
    expectedRPID: options.rpId,
    credential: passkey,
  });
  demand(verified, 'The signature is wrong.');
  demandNoFrame(credential.response);
  demand(credential.response.userHandle === passkey.userHandle, 'The user handle is another one.');
  const { newCounter, userVerified, credentialDeviceType, credentialBackedUp } = authenticationInfo;
  passkey.counter = newCounter;
  return { id: passkey.id, counter: newCounter, userVerified, credentialDeviceType, credentialBackedUp };
}

const findings = [];
for (const { options, credential } of JSON.parse(process.argv[2])) {
  const verify = options.rp ? register : authenticate;
  findings.push(await verify(options, credential).then(
    (result) => ({ result }),
    (error) => ({ error: error.message }),
  ));
}
console.log(JSON.stringify(findings));
