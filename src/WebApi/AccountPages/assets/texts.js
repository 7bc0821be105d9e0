// The language of the pages, their texts, and dates and numbers in that language.

const LANGUAGES = {
  en: { name: 'English', load: () => import('./texts/en.js') },
  de: { name: 'Deutsch', load: () => import('./texts/de.js') },
};

const REMEMBERED = 'cleanjwt-language';

/** The texts of the chosen language. Modules see the new value after a change of the language. */
export let t;

/** The chosen language, as in `<html lang>`. */
export let language;

/** All languages: [code, name in that language]. */
export const languages = Object.entries(LANGUAGES).map(([code, { name }]) => [code, name]);

/** Loads the texts of the remembered language, or else of the first one that the browser asks for. */
export const loadTexts = () => use(remembered() ?? preferred() ?? 'en');

/** Changes the language and remembers it in this browser. */
export async function chooseLanguage(code) {
  await use(code);
  try {
    localStorage.setItem(REMEMBERED, code);
  } catch {
    // A browser may refuse storage. The choice then holds until the page is left.
  }
}

async function use(code) {
  t = (await LANGUAGES[code].load()).default;
  language = code;
  document.documentElement.lang = code;
}

function remembered() {
  try {
    const code = localStorage.getItem(REMEMBERED);
    return Object.hasOwn(LANGUAGES, code) ? code : undefined;
  } catch {
    return undefined;
  }
}

const preferred = () => navigator.languages
  .map((tag) => tag.split('-')[0].toLowerCase())
  .find((code) => Object.hasOwn(LANGUAGES, code));

// A British or Austrian reader expects the dates of that region, so the browser's own tag is used where it fits.
const locale = () => navigator.languages.find((tag) => tag.split('-')[0].toLowerCase() === language) ?? language;

const format = (time, options) => new Intl.DateTimeFormat(locale(), options).format(new Date(time));

export const date = (time) => format(time, { dateStyle: 'long' });

export const dateAndTime = (time) => format(time, { dateStyle: 'long', timeStyle: 'short' });

export const timeOfDay = (time) => format(time, { timeStyle: 'short' });

const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** Says a time span from now, such as "in 5 minutes", from a number of seconds. Negative numbers lie in the past. */
export function relative(seconds) {
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS.at(-1);
  // A wait is rounded up: a person who comes back too early is turned away again.
  const count = seconds > 0 ? Math.ceil(seconds / length) : Math.trunc(seconds / length);
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(count, unit);
}

/** Says how long ago a time was. */
export const ago = (time) => relative(Math.min(0, Math.round((Date.parse(time) - Date.now()) / 1000)));

/** Names the day of a time: "Today", "Yesterday" or the date. */
export function day(time) {
  const [then, today] = [new Date(time), new Date()].map((at) => at.setHours(0, 0, 0, 0));
  const days = Math.round((then - today) / 86400000);
  if (days < -1 || days > 0) {
    return format(time, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
  }
  const name = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(days, 'day');
  return name[0].toLocaleUpperCase(locale()) + name.slice(1);
}
