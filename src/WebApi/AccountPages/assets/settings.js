// The settings of this installation. The server writes them into the document.

/**
 * @type {{ base: string, name: string, origins: string[], localOrigins: boolean, mail: boolean }}
 * `base` is the path prefix of the service. `origins` are the origins of the product's frontends. `localOrigins` says
 * whether each origin of this machine counts as one of them. `mail` says whether the service can send mails.
 */
export const settings = JSON.parse(document.querySelector('meta[name=cleanjwt]').content);

const root = `${settings.base}/account`;

/**
 * Gives the path of a page.
 * @param {string} name The page's name in the table of pages. The profile's name is empty.
 * @param {Record<string, string | null | undefined>} [query] Empty values are left out.
 */
export function pathOf(name, query = {}) {
  const values = Object.entries(query).filter(([, value]) => value);
  const search = new URLSearchParams(values).toString();
  return (name ? `${root}/${name}` : root) + (search && `?${search}`);
}

/**
 * Gives the name of the page at a path of this origin, or undefined when the path is outside the account pages. Case
 * and a slash at the end do not count, as in the server's routes.
 */
export function nameOf(path) {
  let decoded;
  try {
    decoded = decodeURIComponent(path).toLowerCase();
  } catch {
    return undefined;
  }
  const prefix = root.toLowerCase();
  if (decoded === prefix) {
    return '';
  }
  return decoded.startsWith(`${prefix}/`) ? decoded.slice(prefix.length + 1).replace(/\/$/, '') : undefined;
}
