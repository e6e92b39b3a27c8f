/** What a request says about the page it comes from. Null: the header is absent. */
export interface RequestOrigin {
  readonly origin: string | null;
  readonly secFetchSite: string | null;
  readonly host: string | null;
}

/**
 * Whether a request that changes something comes from our own pages, or from a program that is no browser (SEC-1).
 * Browsers always send `Origin` with requests across sites; over plain http to another host than localhost they send no
 * `Sec-Fetch-Site`, so the origin is compared as well.
 */
export function isOwnPage(request: RequestOrigin, publicOrigin: string): boolean {
  const { origin, secFetchSite, host } = request;
  if (secFetchSite !== null && secFetchSite !== "same-origin" && secFetchSite !== "none") return false;
  return origin === null || isOwnOrigin(origin, host, publicOrigin);
}

/** Whether `origin` is where our pages are served: the public URL, or the host that this very request was sent to. */
export function isOwnOrigin(origin: string, host: string | null, publicOrigin: string): boolean {
  if (origin === publicOrigin) return true;
  const [, originHost] = /^https?:\/\/([^/]+)$/.exec(origin) ?? [];
  return originHost !== undefined && host !== null && originHost.toLowerCase() === host.toLowerCase();
}
