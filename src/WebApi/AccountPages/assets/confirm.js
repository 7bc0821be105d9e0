// Confirms the address of the signed-in account, by the code or the link of a mail.

import { actionButton, h, notice } from './dom.js';
import { codeField, form } from './form.js';
import { attempt } from './layout.js';
import { navigate, showAndAnnounce } from './router.js';
import { auth, remember } from './session.js';
import { pathOf, settings } from './settings.js';
import { sentenceOf } from './problems.js';
import { t } from './texts.js';

// The token of the link while its owner signs in, on another page of this tab.
let tokenOfLink;

export function open({ account, state: { flow, token = tokenOfLink } }) {
  tokenOfLink = token;
  if (!account) {
    const signIn = pathOf('sign-in', { returnTo: pathOf('confirm') });
    return {
      title: t.confirm.title,
      lead: t.confirm.signInFirst,
      content: h('a', { class: 'button primary wide', href: signIn }, t.confirm.signIn),
    };
  }

  if (account.emailConfirmed) {
    tokenOfLink = undefined;
    return {
      title: t.confirm.title,
      content: [
        notice('good', t.confirm.done(account.email)),
        h('p', { class: 'links' }, h('a', { href: pathOf('') }, t.common.toProfile)),
      ],
    };
  }

  if (token) {
    return linkView(account, token);
  }
  return flow ? codeView(account, flow) : askView(account);
}

function askView(account) {
  return settings.mail
    ? { title: t.confirm.title, lead: t.confirm.ask(account.email), content: sendButton(t.confirm.send, 'primary') }
    : { title: t.confirm.title, lead: t.confirm.noMail, content: [] };
}

const linkView = (account, token) => ({
  title: t.confirm.title,
  lead: t.confirm.linkLead(account.email),
  content: form({
    fields: [],
    submit: t.confirm.submit,
    kind: '',
    action: () => confirm({ token }),
    // The link may have expired, or belong to another account. A code always belongs to this one.
    explain: (error) => error.code === 'invalid-code' && settings.mail
      ? [h('p', {}, sentenceOf(error)), sendButton(t.confirm.send, 'small')]
      : undefined,
  }),
});

const codeView = (account, flow) => ({
  title: t.confirm.title,
  lead: t.confirm.codeLead(account.email),
  content: form({
    fields: [codeField({ inputmode: 'numeric' })],
    submit: t.confirm.submit,
    kind: '',
    more: [sendButton(t.confirm.resend, 'link', t.confirm.resent)],
    action: ({ code }) => confirm({ flowToken: flow.flowToken, code }),
  }),
});

const sendButton = (text, kind, announcement) => actionButton(text, () => attempt(async () => {
  const { flowToken } = await auth.requestEmailConfirmation();
  tokenOfLink = undefined;
  history.replaceState({ flow: { flowToken } }, '');
  await (announcement ? showAndAnnounce(announcement) : navigate(pathOf('confirm'), {
    replace: true, state: { flow: { flowToken } },
  }));
}), { class: `button ${kind}` });

async function confirm(proof) {
  remember(await auth.confirmEmail(proof));
  tokenOfLink = undefined;
  await navigate(pathOf(''), { replace: true, state: { notice: 'email-confirmed' } });
}
