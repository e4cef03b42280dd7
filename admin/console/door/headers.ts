// The headers of every answer of the console.

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
 * Makes the browser run and show the console's own files alone, refuse to frame them, store no answer, and tell no
 * other site of it: https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP.
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
