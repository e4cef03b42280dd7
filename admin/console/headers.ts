// What every answer of the console says to the browser.

import type { OutgoingHttpHeaders } from "node:http";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

/**
 * Nothing but the console's own files is run or shown, nobody frames it, and nothing of it is kept or told to
 * another site: https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP.
 */
export const SAFE_HEADERS: OutgoingHttpHeaders = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
