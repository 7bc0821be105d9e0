// Asks for a second factor, in one of the ways that the account has.

import { actionButton, h, notice } from './dom.js';
import { codeField, form, totpField, withoutSpaces } from './form.js';
import { sentenceOf } from './problems.js';
import { t } from './texts.js';
import { hasPasskeys } from './webauthn.js';

const FORMS = { totp: totpForm, passkey: passkeyForm, 'recovery-code': recoveryCodeForm };

/**
 * Makes the form, with buttons that lead to the other ways.
 * @param {object} options
 * @param {string[]} options.methods The ways that the account has, as the service names them.
 * @param {(proof: { code?: string, recoveryCode?: string }) => Promise<unknown>} options.prove
 * @param {() => Promise<unknown>} options.usePasskey
 * @param {string} options.submit The text of the button that sends a code.
 * @param {string} [options.kind] Further classes of that button.
 * @param {Node[]} [options.more] Further buttons beside it.
 * @param {string} [options.first] The way to begin with. By default it is the one that is easiest to use.
 * @param {Error} [options.problem] Why the proof before was refused.
 * @returns {{ element: Node, focus: HTMLElement }} `focus` is where the person begins.
 */
export function secondFactorForm({ methods, first, problem, ...options }) {
  const usable = Object.keys(FORMS).filter((name) => methods.includes(name) && (name !== 'passkey' || hasPasskeys()));
  const element = h('div', { class: 'stack' });

  function show(method, refusal) {
    const { content, focus } = FORMS[method]({ ...options, refusal });
    element.replaceChildren(content, h('div', { class: 'links' }, usable.filter((name) => name !== method).map((name) =>
      actionButton(t.secondFactor.instead[name], () => show(name).focus(), { class: 'button link' }))));
    return focus;
  }

  if (!usable.length) {
    element.append(h('p', {}, t.problems['passkeys-unavailable']), h('div', { class: 'buttons' }, options.more));
    return { element, focus: undefined };
  }
  return { element, focus: show(usable.includes(first) ? first : usable[0], problem) };
}

function totpForm({ prove, ...options }) {
  const made = totpField({ hint: t.hints.totp, autofocus: true });
  return codeForm(made, t.errors.wrongTotp, options, (code) => prove({ code: withoutSpaces(code) }));
}

function recoveryCodeForm({ prove, ...options }) {
  const made = codeField({
    name: 'recoveryCode', label: t.fields.recoveryCode, hint: t.hints.recoveryCode, autocomplete: 'off',
    autofocus: true,
  });
  return codeForm(made, t.errors.wrongRecoveryCode, options, (recoveryCode) => prove({ recoveryCode }));
}

function codeForm(made, wrong, { submit, kind, more, refusal }, prove) {
  const sayWrong = (error) => made.show(error.code === 'invalid-second-factor' ? wrong : sentenceOf(error));
  if (refusal) {
    sayWrong(refusal);
  }
  const content = form({
    fields: [made],
    submit,
    kind,
    more,
    action: async (values) => {
      try {
        await prove(values[made.name]);
      } catch (error) {
        if (error.code !== 'invalid-second-factor') {
          throw error;
        }
        sayWrong(error);
        made.input.focus();
        made.input.select();
      }
    },
  });
  return { content, focus: made.input };
}

function passkeyForm({ usePasskey, kind, more, refusal }) {
  const content = form({
    fields: [
      h('p', {}, t.secondFactor.passkey),
      refusal && notice('bad', sentenceOf(refusal)),
    ],
    submit: t.secondFactor.usePasskey,
    kind,
    more,
    action: usePasskey,
  });
  return { content, focus: content.querySelector('button') };
}
