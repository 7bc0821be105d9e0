// Questions that must be answered before the page goes on.

import { h, notice } from './dom.js';
import { accountHint, form, passwordField, plainButton } from './form.js';
import { auth, knownAccount } from './session.js';
import { sentenceOf } from './problems.js';
import { secondFactorForm } from './second-factor.js';
import { t } from './texts.js';
import { hasPasskeys } from './webauthn.js';

// The ways to prove the second factor, once the password was right, and the one that was used last.
let methods;
let lastMethod;

/**
 * Asks the signed-in person for a proof: a passkey, or the password and then the second factor if the account has one.
 * @param {import('./client.js').CleanJwtError} problem Why it is asked for. After a refused proof it is asked again.
 * @returns {Promise<import('./client.js').Proof | undefined>} undefined if the person gave up. The client adds the
 *   password to the proof of the second factor.
 */
export async function askForProof(problem) {
  const asksForFactor = problem.code === 'second-factor-required' && problem.problem.methods;
  if (asksForFactor) {
    ({ methods } = problem.problem);
    lastMethod = undefined;
  } else if (problem.code !== 'invalid-second-factor' && !(methods && problem.code === 'invalid-passkey')) {
    methods = undefined;
  }
  return methods ? askForFactor(asksForFactor ? undefined : problem) : askForPassword(problem);
}

async function askForPassword(problem) {
  // Without an answer the password is asked for, which every account has.
  const factors = await auth.secondFactors().catch(() => undefined);
  const isFactorNeeded = problem.code === 'second-factor-required';
  const takesPasskey = factors?.passkeys > 0 && hasPasskeys();
  // A password alone proves no second factor.
  const takesPassword = !isFactorNeeded || !factors || factors.required;
  if (!auth.isSignedIn || (!takesPassword && !takesPasskey)) {
    return undefined;
  }

  const password = passwordField({ autofocus: true });
  const isRefusal = !isFactorNeeded && !['reauthentication-required', 'invalid-credentials'].includes(problem.code);
  if (problem.code === 'invalid-credentials') {
    password.show(t.reauthenticate.wrong);
  }
  const lead = takesPassword
    ? takesPasskey ? t.reauthenticate.leadEither : t.reauthenticate.lead
    : t.reauthenticate.leadPasskey;
  return ask(t.reauthenticate.title, lead, (close) => [
    isRefusal && notice('bad', sentenceOf(problem)),
    takesPassword && form({
      fields: [accountHint(knownAccount()?.email), password],
      submit: t.reauthenticate.submit,
      kind: '',
      more: [cancelButton(close)],
      action: async (values) => close({ password: values.password }),
    }),
    takesPassword && takesPasskey && h('p', { class: 'or' }, t.common.or),
    takesPasskey && plainButton(t.secondFactor.usePasskey, async () => close({ passkey: await auth.askPasskey() }), {
      class: `button wide ${takesPassword ? '' : 'primary'}`, autofocus: !takesPassword,
    }),
    !takesPassword && cancelButton(close),
  ]);
}

const askForFactor = (problem) => ask(t.reauthenticate.title, t.reauthenticate.leadFactor, (close) =>
  secondFactorForm({
    methods,
    problem,
    first: lastMethod,
    submit: t.reauthenticate.submit,
    kind: '',
    more: [cancelButton(close)],
    prove: async (proof) => {
      lastMethod = proof.code ? 'totp' : 'recovery-code';
      close(proof);
    },
    usePasskey: async () => {
      lastMethod = 'passkey';
      close({ passkey: await auth.askPasskey() });
    },
  }).element);

/**
 * Asks whether to go on.
 * @param {{ title: string, text: string, submit: string, danger?: boolean }} question
 * @returns {Promise<boolean>}
 */
export const confirmed = async ({ title, text, submit, danger }) => (await ask(title, text, (close) =>
  h('div', { class: 'buttons' },
    h('button', {
      type: 'button', class: `button primary ${danger ? 'danger' : ''}`, onclick: () => close(true),
    }, submit),
    cancelButton(close)))) ?? false;

/** Makes the button that closes a dialog without an answer. */
export const cancelButton = (close) =>
  h('button', { type: 'button', class: 'button', onclick: () => close() }, t.common.cancel);

/**
 * Shows a dialog and resolves to the value that its content closes it with. Escape closes it with undefined.
 * @param {string} title
 * @param {string} text
 * @param {(close: (answer?: any) => void) => any} makeContent
 */
export function ask(title, text, makeContent) {
  return new Promise((resolve) => {
    let answer;
    const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', 'aria-describedby': 'dialog-text' });
    const content = makeContent((value) => {
      answer = value;
      dialog.close();
    });
    dialog.append(h('div', { class: 'stack' },
      h('h2', { id: 'dialog-title' }, title), h('p', { id: 'dialog-text', class: 'muted' }, text), content));
    // The answer would count for the next session, which can be that of another account.
    const stopListening = auth.on('signed-out', () => dialog.close());
    // A dialog gives the focus back to where it was by itself.
    dialog.addEventListener('close', () => {
      stopListening();
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
