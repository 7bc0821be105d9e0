// Builds the document. The content security policy forbids HTML from strings, so every element is made here.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an element.
 * @param {string} tag The name of the element.
 * @param {Record<string, any>} [attributes] Functions become listeners. `false`, `null` and `undefined` are left out.
 * @param {...any} children Nodes, texts and lists of them. `false`, `null` and `undefined` are left out.
 */
export function h(tag, attributes = {}, ...children) {
  return build(document.createElement(tag), attributes, children);
}

// The paths are drawn on a grid of 24 by 24.
const PATHS = {
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8a8 6 0 0 1 16 0',
  activity: 'M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  admin: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6l8-3Z',
  app: 'M5 8l4 4-4 4m7 0h6',
  back: 'M15 5l-7 7 7 7',
  check: 'M5 13l4 4L19 7',
  computer: 'M4 5h16v11H4zM9 20h6m-3-4v4',
  go: 'M9 5l7 7-7 7',
  password: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  passkey: 'M12 15a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm-1.2-2.8L20 3m-3.5 3.5l3 3',
  phone: 'M7 3h10v18H7zm4 15h2',
  'second-factor': 'M7 3h10v18H7zm2.5 9l2 2 3-4',
  sessions: 'M3 5h13v9H3zm2 14h7m6-9h3v9h-5v-6',
  show: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm12.5 0a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z',
  hide: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm2 7.5l15-15',
  warning: 'M12 8v5m0 3.2v.3M12 3.5l9.5 17h-19z',
};

/** Makes an icon. It only decorates: the text beside it, or the label of its button, says the same. */
export function icon(name) {
  const svg = build(document.createElementNS(SVG, 'svg'), {
    class: 'icon', viewBox: '0 0 24 24', width: 20, height: 20, 'aria-hidden': 'true', focusable: 'false',
  }, []);
  svg.append(build(document.createElementNS(SVG, 'path'), { d: PATHS[name] }, []));
  return svg;
}

/** Makes a text that a screen reader reads and a screen does not show. */
export const hiddenText = (text) => h('span', { class: 'visually-hidden' }, text);

/** Makes a short mark such as "Locked". Its words say what it means, and its colour only repeats it. */
export const badge = (text, kind = '') => h('span', { class: `badge ${kind}` }, text);

/**
 * Makes a box that says what was done, what went wrong, or what to mind.
 * @param {'good' | 'bad' | 'warn'} kind
 */
export const notice = (kind, ...content) =>
  h('div', { class: `notice ${kind}` }, icon(kind === 'good' ? 'check' : 'warning'), h('div', {}, ...content));

/** Makes the link above a heading that leads to the page before. */
export const backLink = (href, text) =>
  h('p', { class: 'back-link' }, h('a', { class: 'touch', href }, icon('back'), text));

/** Makes an element that names a time, for people and for programs. */
export const timeElement = (time, text, title) => h('time', { datetime: time, title }, text);

/**
 * Makes a button that runs an action, once at a time.
 * @param {string} label
 * @param {() => unknown} action
 * @param {Record<string, any>} [attributes]
 * @param {() => Promise<boolean>} [isSure] Asks the person before the action.
 */
export function actionButton(label, action, attributes = {}, isSure = async () => true) {
  const button = h('button', { type: 'button', class: 'button', ...attributes }, label);
  button.addEventListener('click', async () => {
    if (await isSure()) {
      await whileBusy(button, action);
    }
  });
  return button;
}

/**
 * Runs the action of a button. Until it is done, the button shows that it is busy and ignores further clicks. It is
 * not disabled meanwhile, because a disabled button loses the focus.
 */
export async function whileBusy(button, action) {
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  button.setAttribute('aria-disabled', 'true');
  button.classList.add('busy');
  try {
    await action();
  } finally {
    button.removeAttribute('aria-disabled');
    button.classList.remove('busy');
  }
}

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat(Infinity).filter(isShown));
  return element;
}

const isShown = (child) => child !== undefined && child !== null && child !== false;
