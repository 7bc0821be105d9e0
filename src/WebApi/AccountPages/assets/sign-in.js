// Sign-in: by a passkey, or by the password and then the second factor if the account has one.

import { leaveAfterSignIn } from './after-sign-in.js';
import { actionButton, h } from './dom.js';
import { emailField, form, passwordField, plainButton } from './form.js';
import { announce } from './layout.js';
import { navigate } from './router.js';
import { secondFactorForm } from './second-factor.js';
import { auth, remember } from './session.js';
import { pathOf, settings } from './settings.js';
import { sentenceOf } from './problems.js';
import { t } from './texts.js';
import { hasPasskeys, suggestsPasskeys } from './webauthn.js';

// What the right password has begun. It is kept nowhere else, and lives for some minutes only.
let begun;

export const open = (visit) => (visit.state.step && begun ? factorView(visit) : passwordView(visit));

const here = () => location.pathname + location.search;

function passwordView({ query, state, signal }) {
  begun = undefined;
  const returnTo = query.get('returnTo');
  const email = emailField({ value: state.email, autocomplete: 'username webauthn' });
  const password = passwordField();
  const forgotten = pathOf('forgot-password', { returnTo });
  suggestPasskeys(signal);
  return {
    title: t.signIn.title,
    lead: t.signIn.lead(settings.name),
    content: [
      form({
        fields: [
          email,
          password,
          settings.mail
            && h('p', { class: 'field-link' }, h('a', { class: 'touch', href: forgotten }, t.signIn.forgot)),
        ],
        submit: t.signIn.submit,
        action: async (values) => {
          try {
            remember(await auth.signIn(values));
          } catch (error) {
            if (error.code !== 'second-factor-required') {
              throw error;
            }
            begun = { ...error.problem, email: values.email.trim() };
            return navigate(here(), { state: { step: 'second-factor' } });
          }
          return leaveAfterSignIn(query, { offersPasskey: true });
        },
        explain: (error) => error.code === 'email-not-confirmed' && settings.mail
          ? [h('p', {}, sentenceOf(error)), h('a', { class: 'touch', href: forgotten }, t.signIn.reset)]
          : undefined,
      }),
      hasPasskeys() && [
        h('p', { class: 'or' }, t.common.or),
        plainButton(t.signIn.passkey, async () => {
          try {
            remember(await auth.signInWithPasskey());
          } catch (error) {
            suggestPasskeys(signal); // the browser can have one prompt at a time, so the button has ended this one
            throw error;
          }
          await leaveAfterSignIn(query);
        }, { class: 'button wide' }),
      ],
      h('p', { class: 'links' }, t.signIn.noAccount,
        h('a', { href: pathOf('sign-up', { returnTo }) }, t.signIn.signUp)),
    ],
  };
}

function factorView({ query }) {
  const { mfaToken, methods, email } = begun;
  const startAgain = (notice) => navigate(here(), { replace: true, state: { email, notice } });

  const signInBy = (prove) => async (proof) => {
    try {
      remember(await prove(proof));
    } catch (error) {
      if (error.code === 'invalid-mfa-token') {
        return startAgain('too-late');
      }
      throw error;
    }
    begun = undefined;
    return leaveAfterSignIn(query);
  };

  const { element, focus } = secondFactorForm({
    methods,
    submit: t.signIn.submit,
    prove: signInBy((proof) => auth.signInWithSecondFactor({ mfaToken, ...proof })),
    usePasskey: signInBy(() => auth.signInWithPasskey({ mfaToken })),
  });
  return {
    title: t.signIn.factorTitle,
    lead: t.signIn.factorLead(email),
    focus,
    content: [
      element,
      h('p', { class: 'links' }, actionButton(t.signIn.another, () => startAgain(), { class: 'button link' })),
    ],
  };
}

// Refusals after which a person can try another passkey. After any other error, the browser is not asked again.
const REFUSALS = ['unknown-passkey', 'invalid-passkey', 'account-locked', 'email-not-confirmed'];

/** Offers passkeys among the suggestions of the field for the address, until the page is left. */
async function suggestPasskeys(signal) {
  while (await suggestsPasskeys() && !signal.aborted) {
    try {
      // The event of the client leads on, because no button is busy with it.
      remember(await auth.signInWithPasskey({ conditional: true, signal }));
      return;
    } catch (error) {
      if (!REFUSALS.includes(error.code)) {
        return;
      }
      announce(sentenceOf(error), 'bad');
    }
  }
}
