// Sign-up. Where the service requires a confirmed address, the code or the link of a mail creates the account.

import { actionButton, h } from './dom.js';
import { codeField, emailField, field, form, newPasswordField } from './form.js';
import { attempt } from './layout.js';
import { leaveGuestPages, navigate, showAndAnnounce } from './router.js';
import { auth, remember } from './session.js';
import { pathOf, settings } from './settings.js';
import { t } from './texts.js';

export function open(visit) {
  if (visit.state.token) {
    return linkView(visit);
  }
  return visit.state.flow ? codeView(visit) : formView(visit);
}

const here = () => location.pathname + location.search;

const nameField = () => field({
  name: 'displayName', label: t.fields.displayName, hint: t.hints.displayName, autocomplete: 'name', optional: true,
});

function formView({ query, state }) {
  const email = emailField({ value: state.email });
  return {
    title: t.signUp.title,
    lead: t.signUp.lead(settings.name),
    content: [
      form({
        fields: [email, nameField(), newPasswordField()],
        submit: t.signUp.submit,
        action: async (values) => {
          const answer = await auth.register(values);
          if (answer.flowToken) {
            // The state outlives the page: a phone may drop it while its owner reads the mail.
            const flow = { flowToken: answer.flowToken, email: values.email.trim() };
            return navigate(here(), { state: { flow } });
          }
          remember(await auth.signIn({ email: values.email, password: values.password }));
          return leaveGuestPages(query, { notice: 'welcome' });
        },
      }),
      h('p', { class: 'links' }, t.signUp.haveAccount,
        h('a', { href: pathOf('sign-in', { returnTo: query.get('returnTo') }) }, t.signUp.signIn)),
    ],
  };
}

function codeView({ query, state: { flow } }) {
  return {
    title: t.signUp.codeTitle,
    lead: t.signUp.codeLead(flow.email),
    content: [
      form({
        fields: [codeField({ inputmode: 'numeric' })],
        submit: t.signUp.codeSubmit,
        action: async ({ code }) => {
          remember(await auth.confirmRegistration({ flowToken: flow.flowToken, code }));
          await leaveGuestPages(query, { notice: 'welcome' });
        },
      }),
      h('p', { class: 'links' },
        actionButton(t.signUp.resend, () => attempt(async () => {
          const { flowToken } = await auth.resendConfirmation(flow.flowToken);
          history.replaceState({ flow: { ...flow, flowToken } }, '');
          await showAndAnnounce(t.signUp.resent);
        }), { class: 'button link' }),
        actionButton(t.signUp.another, () => navigate(here(), { replace: true, state: { email: flow.email } }),
          { class: 'button link' })),
    ],
  };
}

// The link does not hold the password of the sign-up: a stranger may have begun it with this address.
function linkView({ query, state: { token } }) {
  return {
    title: t.signUp.linkTitle,
    lead: t.signUp.linkLead,
    content: form({
      fields: [nameField(), newPasswordField()],
      submit: t.signUp.submit,
      action: async (values) => {
        remember(await auth.confirmRegistration({ token, ...values }));
        await leaveGuestPages(query, { notice: 'welcome' });
      },
    }),
  };
}
