/** URLs as text, for subclasses that change them; the core builds its own. */

import { queryPairs } from './options.js';

/** A query as text. */
export function queryText(query: object | undefined | null): string {
  return (queryPairs(query) ?? [])
    .filter((pair): pair is [string, string] => pair[1] !== null)
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&');
}

/** A path relative to a base, or an absolute URL as it is, with a query appended. */
export function urlText(base: string, path: string, query: string): string {
  const url = isAbsolute(path) ? path : `${base.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
  if (query === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** Whether a path is an absolute URL. */
export function isAbsolute(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(path);
}
