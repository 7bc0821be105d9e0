// Forms whose errors are tied to their fields. A form is never submitted by the browser: its action runs instead.

import { actionButton, h, icon, notice, whileBusy } from './dom.js';
import { fieldErrorsOf, isSaidElsewhere, sentenceOf } from './problems.js';
import { t } from './texts.js';

const MIN_PASSWORD_LENGTH = 12;

let ids = 0;

/**
 * Makes a labelled field.
 * @param {object} options Attributes of the `<input>`, and:
 * @param {string} options.name The name of the field in the request, so that the service's errors find it.
 * @param {string} options.label
 * @param {string} [options.hint]
 * @param {boolean} [options.optional]
 * @param {(value: string) => string | false | undefined} [options.check] Answers the error of a value.
 * @param {string} [options.refused] What to say when the service refuses the value.
 */
export function field({ label, hint, optional = false, check, refused, ...attributes }) {
  const id = `field-${++ids}`;
  const input = h('input', {
    id, type: 'text', 'aria-describedby': `${id}-hint ${id}-error`, 'aria-required': String(!optional), ...attributes,
  });
  const error = h('p', { id: `${id}-error`, class: 'error', hidden: true });
  const hintLine = h('p', { id: `${id}-hint`, class: 'hint', hidden: !hint }, icon('check'), h('span', {}, hint));
  const caption = h('label', { for: id }, label, optional && h('span', { class: 'muted' }, ` (${t.common.optional})`));
  input.addEventListener('input', () => show(''));

  function show(message) {
    error.hidden = !message;
    error.replaceChildren(...(message ? [icon('warning'), h('span', {}, message)] : []));
    message ? input.setAttribute('aria-invalid', 'true') : input.removeAttribute('aria-invalid');
  }

  return {
    name: attributes.name,
    input,
    hintLine,
    refused,
    show,
    element: h('div', { class: 'field' }, caption, input, hintLine, error),
    /** The error of the value as it is, or an empty text. */
    problem: () => (!optional && !input.value ? t.errors.required : check?.(input.value)) || '',
  };
}

/** Makes the field of an address that an account has or is to have. */
export const emailField = (attributes = {}) => field({
  name: 'email',
  label: t.fields.email,
  // An input of the type email would rewrite addresses with letters outside ASCII.
  type: 'text',
  inputmode: 'email',
  autocomplete: 'username',
  autocapitalize: 'none',
  spellcheck: 'false',
  check: (value) => !/^[^@]+@[^@]+$/.test(value.trim()) && t.errors.email,
  ...attributes,
});

/** Makes the field of a password, with a button that shows it. */
export function passwordField({ name = 'password', label = t.fields.password, ...attributes } = {}) {
  const made = field({
    name, label, type: 'password', autocomplete: 'current-password', autocapitalize: 'none', spellcheck: 'false',
    ...attributes,
  });
  const toggle = h('button', { type: 'button', onclick: () => reveal(made.input.type === 'password') });

  function reveal(shown) {
    made.input.type = shown ? 'text' : 'password';
    toggle.replaceChildren(icon(shown ? 'hide' : 'show'));
    toggle.setAttribute('aria-label', shown ? t.common.hidePassword : t.common.showPassword);
    toggle.setAttribute('title', shown ? t.common.hidePassword : t.common.showPassword);
  }

  reveal(false);
  const frame = h('div', { class: 'with-button' });
  made.input.replaceWith(frame);
  frame.append(made.input, toggle);
  // A password that stays readable while it is sent could be read by others, and browsers would offer to complete it.
  return { ...made, conceal: () => reveal(false) };
}

/** Makes the field of a new password. Its hint says when the password is long enough. */
export function newPasswordField(attributes = {}) {
  const made = passwordField({
    autocomplete: 'new-password',
    hint: t.hints.password,
    check: (value) => !hasPasswordLength(value) && t.errors.passwordLength,
    ...attributes,
  });
  made.input.addEventListener('input', () =>
    made.hintLine.classList.toggle('met', hasPasswordLength(made.input.value)));
  return made;
}

// The service counts code points, too.
const hasPasswordLength = (value) => {
  const length = [...value.normalize()].length;
  return length >= MIN_PASSWORD_LENGTH && length <= 128;
};

/** Makes the field of a code from a mail. */
export const codeField = (attributes = {}) => field({
  name: 'code',
  label: t.fields.code,
  class: 'code',
  autocomplete: 'one-time-code',
  autocapitalize: 'characters',
  spellcheck: 'false',
  ...attributes,
});

/** Makes the field of a code from the authenticator app. People may type a space in its middle. */
export const totpField = (attributes = {}) => codeField({
  label: t.fields.totp,
  inputmode: 'numeric',
  check: (value) => !/^\d{6}$/.test(withoutSpaces(value)) && t.errors.totp,
  refused: t.errors.wrongTotp,
  ...attributes,
});

export const withoutSpaces = (text) => text.replace(/\s/g, '');

/** Makes a box to check. */
export function checkbox({ name, label, error: message }) {
  const id = `field-${++ids}`;
  const input = h('input', { id, name, type: 'checkbox', 'aria-describedby': `${id}-error`, 'aria-required': 'true' });
  const error = h('p', { id: `${id}-error`, class: 'error', hidden: true });
  input.addEventListener('change', () => show(''));

  function show(text) {
    error.hidden = !text;
    error.replaceChildren(...(text ? [icon('warning'), h('span', {}, text)] : []));
    text ? input.setAttribute('aria-invalid', 'true') : input.removeAttribute('aria-invalid');
  }

  return {
    name,
    input,
    show,
    element: h('div', {}, h('label', { class: 'check-line', for: id }, input, label), error),
    problem: () => (input.checked ? '' : message),
  };
}

/**
 * Tells password managers which account the form is about. People do not need it: the page names the account.
 * @param {string | undefined} email
 */
export const accountHint = (email) =>
  email && h('input', { type: 'text', name: 'username', autocomplete: 'username', value: email, hidden: true });

/** Makes a button of a form of its own kind: it sends no fields, and its error is shown above it. */
export function plainButton(label, action, attributes) {
  const alert = h('div', { role: 'alert' });
  const button = actionButton(label, async () => {
    alert.replaceChildren();
    try {
      await action();
    } catch (error) {
      if (!isSaidElsewhere(error)) {
        alert.replaceChildren(notice('bad', sentenceOf(error)));
      }
    }
  }, attributes);
  return h('div', { class: 'stack' }, alert, button);
}

/**
 * Makes a form.
 * @param {object} options
 * @param {(object | Node | false | undefined)[]} options.fields Fields, and other nodes between them.
 * @param {string} options.submit The text of the button.
 * @param {string} [options.kind] Further classes of the button.
 * @param {(Node | false)[]} [options.more] Further buttons beside it.
 * @param {(values: Record<string, string>) => Promise<unknown>} options.action
 * @param {(error: unknown) => string | Node | (string | Node)[] | undefined} [options.explain] Says more about an error
 *   than its sentence.
 */
export function form({ fields, submit, kind = 'wide', more = [], action, explain }) {
  const entries = fields.filter((entry) => entry?.element);
  const alert = h('div', { role: 'alert' });
  const button = h('button', { type: 'submit', class: `button primary ${kind}` }, submit);
  const buttons = more.length ? h('div', { class: 'buttons' }, button, more) : button;
  const element = h('form', { class: 'stack', novalidate: true }, alert,
    fields.map((entry) => entry?.element ?? entry), buttons);
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    whileBusy(button, send);
  });

  async function send() {
    alert.replaceChildren();
    if (showErrors(entries.map((entry) => [entry.name, entry.problem()]))) {
      return;
    }
    entries.forEach((entry) => entry.conceal?.());
    try {
      await action(Object.fromEntries(entries.map((entry) => [entry.name, entry.input.value])));
    } catch (error) {
      const refusals = fieldErrorsOf(error).map(([name, text]) =>
        [name, entries.find((entry) => entry.name === name)?.refused ?? text]);
      if (!showErrors(refusals) && !isSaidElsewhere(error)) {
        alert.replaceChildren(notice('bad', explain?.(error) ?? sentenceOf(error)));
      }
    }
  }

  /** Shows the errors at their fields and moves to the first wrong one. Answers whether there is one. */
  function showErrors(errors) {
    const wrong = new Map(errors.filter(([, message]) => message));
    entries.forEach((entry) => entry.show(wrong.get(entry.name) ?? ''));
    const first = entries.find((entry) => wrong.has(entry.name));
    first?.input.focus();
    return !!first;
  }

  return element;
}
