// The one session of a console. The token of the printed URL is exchanged once, for two secrets: a cookie and a key.
// A browser sends the cookie to every port of this host, so another server on this machine can read it; the page keeps
// the key for its own origin alone. A request to the API needs both.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** The two secrets that the token is exchanged for. */
interface Secrets {
  /** The value of a `set-cookie` header. */
  readonly cookie: string;
  /** The page sends it as `Authorization: Bearer KEY`. */
  readonly key: string;
}

/** The one session of a console. */
export interface Session {
  /** The secret of the printed URL. */
  readonly token: string;
  /**
   * Exchanges the token, the first time that it comes.
   * @returns undefined when the token is wrong or was used before
   */
  enter(token: string): Secrets | undefined;
  /** Whether a request's `cookie` header holds the session's cookie. */
  hasCookie(cookies: string | undefined): boolean;
  /** Whether a request's `authorization` header holds the session's key: https://www.rfc-editor.org/rfc/rfc6750. */
  hasKey(authorization: string | undefined): boolean;
}

const SECRET_BYTES = 32;

/** Creates a session that no browser has entered yet. */
export function createSession(): Session {
  const token = createSecret();
  const value = createSecret();
  const key = createSecret();
  // A browser sends a cookie to every port of a host: two consoles need two names.
  const name = `rowhouse_console_${randomBytes(4).toString("hex")}`;
  let used = false;
  return {
    token,
    enter(given) {
      if (used || !isEqual(given, token)) return undefined;
      used = true;
      return { cookie: `${name}=${value}; HttpOnly; SameSite=Strict; Path=/`, key };
    },
    hasCookie(cookies = "") {
      return cookies.split(";").some((cookie) => {
        const [given = "", ...rest] = cookie.trim().split("=");
        return given === name && isEqual(rest.join("="), value);
      });
    },
    hasKey(authorization = "") {
      const [, given] = /^Bearer ([\w-]+)$/i.exec(authorization) ?? [];
      return given !== undefined && isEqual(given, key);
    },
  };
}

function createSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** Takes the same time for every wrong text: its length and the place of the difference do not show. */
function isEqual(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
