// The second factors of the account: the authenticator app, the recovery codes, and whether a factor is asked for.

import { stepView } from './after-sign-in.js';
import { actionButton, backLink, badge, h, notice } from './dom.js';
import { confirmed } from './dialog.js';
import { form, totpField, withoutSpaces } from './form.js';
import { announce, attempt } from './layout.js';
import { leaveGuestPages, navigate, showAndAnnounce } from './router.js';
import { sentenceOf } from './problems.js';
import { auth } from './session.js';
import { pathOf, settings } from './settings.js';
import { ago, date, t } from './texts.js';

const FEW_CODES = 3;

// What the service tells only once. It is kept nowhere else, so a page that is loaded again begins anew.
let setup;
let codes;

auth.on('signed-out', () => (setup = codes = undefined));

export function open({ account, query, state }) {
  if (state.step === 'app' && setup) {
    return appView(account);
  }
  if (state.step === 'codes' && codes) {
    return codesView(account);
  }
  return query.get('step') === 'few' ? fewView(query) : overview();
}

const here = () => pathOf('second-factors');

const backToOverview = () => backLink(here(), t.nav.secondFactors);

// ---- What the account has ----

async function overview() {
  setup = codes = undefined;
  const factors = await auth.secondFactors();
  const { totp, recoveryCodes, passkeys, required } = factors;
  return {
    title: t.secondFactors.title,
    lead: t.secondFactors.lead,
    content: [
      section(t.secondFactors.app, onOrOff(totp),
        totp
          ? [
            h('p', { class: 'muted' }, t.secondFactors.appOn(date(totp.createdAt)),
              totp.lastUsedAt && ` ${t.secondFactors.appUsed(ago(totp.lastUsedAt))}`),
            actionButton(t.secondFactors.remove, removeApp, { class: 'button danger' }, () => confirmed({
              title: t.secondFactors.removeTitle,
              text: passkeys ? t.secondFactors.removeText : t.secondFactors.removeLastText,
              submit: t.secondFactors.remove,
              danger: true,
            })),
          ]
          : [
            h('p', { class: 'muted' }, t.secondFactors.appOff),
            actionButton(t.secondFactors.setUp, setUpApp, { class: 'button primary' }),
          ]),
      passkeySection(factors),
      required && codesSection(recoveryCodes),
    ],
  };
}

const section = (title, mark, ...content) => h('section', { class: 'card stack' },
  h('div', { class: 'card-title' }, h('h2', {}, title), mark), content);

const onOrOff = (isOn) => (isOn ? badge(t.common.on, 'good') : badge(t.common.off));

// Passkeys sign in alone. Whether the password needs one beside it is the owner's choice, unless there is an app.
const passkeySection = ({ totp, passkeys, required }) => section(
  t.secondFactors.passkeys, passkeys > 0 && badge(t.secondFactors.count(passkeys), 'good'),
  h('p', { class: 'muted' }, passkeys ? t.secondFactors.passkeysText : t.secondFactors.noPasskeys),
  passkeys > 0 && !totp && h('p', {}, required ? t.secondFactors.isRequired : t.secondFactors.isNotRequired),
  h('div', { class: 'buttons' },
    passkeys > 0 && !totp && (required
      ? actionButton(t.secondFactors.waive, () => setRequired(false), { class: 'button danger' }, () => confirmed({
        title: t.secondFactors.waiveTitle, text: t.secondFactors.waiveText, submit: t.secondFactors.waive, danger: true,
      }))
      : actionButton(t.secondFactors.require, () => setRequired(true), { class: 'button primary' })),
    h('a', { class: 'button', href: pathOf('passkeys') },
      passkeys ? t.secondFactors.toPasskeys : t.secondFactors.addPasskey)));

function codesSection(recoveryCodes) {
  const left = recoveryCodes?.left ?? 0;
  return section(
    t.secondFactors.codes, badge(t.secondFactors.left(left), left > FEW_CODES ? 'good' : 'warn'),
    h('p', { class: 'muted' }, t.secondFactors.codesText,
      recoveryCodes && ` ${t.secondFactors.codesMade(date(recoveryCodes.createdAt))}`),
    actionButton(
      t.secondFactors.newCodes, makeCodes, { class: left > FEW_CODES ? 'button' : 'button primary' },
      left > 0 && (() => confirmed({
        title: t.secondFactors.newCodes, text: t.secondFactors.newCodesText, submit: t.secondFactors.newCodes,
      })) || undefined));
}

const removeApp = () => changing(() => auth.removeTotp(), t.secondFactors.removed);

const setRequired = (required) => changing(
  () => auth.requireSecondFactor(required), required ? t.secondFactors.nowRequired : t.secondFactors.nowWaived);

async function changing(change, text) {
  if (await attempt(change)) {
    await showAndAnnounce(text);
  }
}

// ---- The authenticator app ----

const setUpApp = () => attempt(async () => {
  setup = await auth.setUpTotp();
  await navigate(here(), { state: { step: 'app' } });
});

function appView(account) {
  const code = totpField();
  const secret = setup.secret.replace(/\s/g, '');
  return {
    title: t.secondFactors.setUp,
    lead: t.secondFactors.setUpLead,
    back: backToOverview(),
    content: h('div', { class: 'card' }, h('ol', { class: 'steps' },
      h('li', {},
        h('h2', {}, t.secondFactors.scan),
        h('p', { class: 'muted' }, t.secondFactors.scanText),
        h('img', { class: 'qr', src: setup.qrCode, alt: t.secondFactors.qrCode(account.email) }),
        h('p', { class: 'muted' }, t.secondFactors.orKey),
        h('p', {}, h('code', { class: 'secret' }, secret.match(/.{1,4}/g).map((part) => h('span', {}, part)))),
        h('div', { class: 'buttons' },
          copyButton(secret, t.secondFactors.copyKey),
          h('a', { class: 'button link', href: setup.uri }, t.secondFactors.openApp))),
      h('li', {},
        h('h2', {}, t.secondFactors.enter),
        form({
          fields: [code],
          submit: t.secondFactors.turnOn,
          kind: '',
          more: [h('a', { class: 'button', href: here() }, t.common.cancel)],
          action: async (values) => {
            codes = await auth.confirmTotp({ setupToken: setup.setupToken, code: withoutSpaces(values.code) });
            setup = undefined;
            await (codes
              ? navigate(here(), { replace: true, state: { step: 'codes', notice: 'app-on' } })
              : navigate(here(), { replace: true, state: { notice: 'app-on' } }));
          },
          explain: (error) => error.code === 'invalid-flow'
            ? [h('p', {}, sentenceOf(error)), actionButton(t.common.startAgain, setUpApp, { class: 'button small' })]
            : undefined,
        })))),
  };
}

function copyButton(text, label) {
  return actionButton(label, async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce(t.common.copied);
    } catch {
      announce(t.common.notCopied, 'bad');
    }
  }, { class: 'button' });
}

// ---- The recovery codes ----

const makeCodes = () => attempt(async () => {
  codes = await auth.newRecoveryCodes();
  await navigate(here(), { state: { step: 'codes' } });
});

function codesView({ email }) {
  const heading = `${settings.name}: ${t.secondFactors.codes}`;
  const text = [heading, email, date(Date.now()), '', ...codes, ''].join('\r\n');
  return {
    title: t.secondFactors.codesTitle,
    lead: t.secondFactors.codesLead,
    back: backToOverview(),
    content: [
      h('p', { class: 'print-only' }, `${heading}, ${email}, ${date(Date.now())}`),
      h('div', { class: 'card stack' },
        h('ol', { class: 'codes' }, codes.map((code) => h('li', {}, h('code', {}, code)))),
        h('div', { class: 'buttons' },
          copyButton(codes.join('\n'), t.secondFactors.copyCodes),
          actionButton(t.secondFactors.download, () => download(`${settings.name}-recovery-codes.txt`, text)),
          actionButton(t.secondFactors.print, () => print())),
        notice('warn', t.secondFactors.once),
        h('a', { class: 'button primary', href: here() }, t.secondFactors.stored)),
    ],
  };
}

function download(name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  h('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

// ---- After a sign-in by a recovery code ----

const fewView = (query) => stepView(
  { ...t.secondFactors.few, lead: t.secondFactors.few.lead(auth.recoveryCodesLeft ?? 0) },
  makeCodes,
  () => leaveGuestPages(query));
