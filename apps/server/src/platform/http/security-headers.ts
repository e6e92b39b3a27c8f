/** The pages load nothing from elsewhere and run no inline script. Inline style attributes are Mantine's way to size and place. */
const PAGE_CSP = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:", "font-src 'self'",
  "connect-src 'self'", "media-src 'self' blob:", "worker-src 'self'", "manifest-src 'self'",
  "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
].join("; ");
/** What is not a page: nothing of it may load or run anything. */
const DATA_CSP = "default-src 'none'; frame-ancestors 'none'; sandbox";
const HSTS_S = 31_536_000;

/** Headers of every answer (ASVS 3.4). `https`: how browsers reach us. */
export function securityHeaders(kind: "page" | "data", https: boolean): Readonly<Record<string, string>> {
  return {
    "content-security-policy": kind === "page" ? PAGE_CSP : DATA_CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "microphone=(self), camera=(), geolocation=(), display-capture=(), payment=(), usb=()",
    ...(https ? { "strict-transport-security": `max-age=${HSTS_S}; includeSubDomains` } : {}),
  };
}
