// Says in words what went wrong. No text of the server is shown: it is in English, and written for developers.

import { relative, t } from './texts.js';

// The beginnings of the service's messages about fields, and the keys of the texts that say the same.
const RULES = [
  [/^Required/, 'required'],
  [/^Must be one email address/, 'email'],
  [/^Must have 12 to/, 'passwordLength'],
  [/commonly used/, 'passwordCommon'],
  [/^Must not contain the part of the email/, 'passwordHasEmail'],
  [/^Is not the password/, 'currentPassword'],
  [/^Must be one line/, 'displayName'],
  [/^Must have 1 to 64/, 'code'],
  [/^Must be Unicode/, 'unicode'],
];

/** Gives one sentence for an error of any kind. */
export function sentenceOf(error) {
  const code = isUnreachable(error) ? 'unreachable' : error?.code;
  const text = Object.hasOwn(t.problems, code) ? t.problems[code] : undefined;
  if (typeof text === 'function') {
    return text(error.retryAfter > 0 ? relative(error.retryAfter) : '');
  }
  return text ?? t.otherProblem(error?.traceId);
}

/** Gives the sentence for each field of a `validation-failed` problem: [field, sentence]. */
export function fieldErrorsOf(error) {
  return Object.entries(error?.errors ?? {}).map(([field, messages]) => {
    const rule = RULES.find(([pattern]) => messages.some((message) => pattern.test(message)));
    return [field, t.errors[rule?.[1] ?? 'other']];
  });
}

/** Whether the service did not answer. The banner says so. */
export const isUnreachable = (error) => error?.code === 'unreachable' || /^http-5/.test(error?.code);

const SESSION_ENDED = ['signed-out', 'token-revoked'];

/** Whether the page says elsewhere what is wrong: in the banner, or by the sign-in page that it leads to. */
export const isSaidElsewhere = (error) => isUnreachable(error) || SESSION_ENDED.includes(error?.code);
