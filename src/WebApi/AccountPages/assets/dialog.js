// Questions that must be answered before the page goes on.

import { h } from './dom.js';
import { accountHint, form, passwordField } from './form.js';
import { auth, knownAccount } from './session.js';
import { sentenceOf } from './problems.js';
import { t } from './texts.js';

/**
 * Asks for the password of the signed-in account.
 * @param {{ code: string }} problem Why it is asked for. After a wrong password it is asked again.
 * @returns {Promise<{ password: string } | undefined>} undefined if the person gave up.
 */
export function askForPassword(problem) {
  const password = passwordField({ autofocus: true });
  if (problem.code === 'invalid-credentials') {
    password.show(t.reauthenticate.wrong);
  } else if (problem.code !== 'reauthentication-required') {
    password.show(sentenceOf(problem));
  }
  return ask(t.reauthenticate.title, t.reauthenticate.lead, (close) => form({
    fields: [accountHint(knownAccount()?.email), password],
    submit: t.reauthenticate.submit,
    kind: '',
    more: [cancelButton(close)],
    action: async (values) => close({ password: values.password }),
  }));
}

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

const cancelButton = (close) =>
  h('button', { type: 'button', class: 'button', onclick: () => close() }, t.common.cancel);

/** Shows a dialog and resolves to the value that its content closes it with. Escape closes it with undefined. */
function ask(title, text, makeContent) {
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
