// Who may use the console: whoever has opened the printed URL, once. Its token is exchanged for a cookie,
// and is worth nothing from then on.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** The one session of a console. */
export interface Session {
  /** What the printed URL carries. */
  readonly token: string;
  /**
   * Takes the token, the first time that it comes.
   * @returns the value of `set-cookie`; undefined when the token is wrong or was used before
   */
  enter(token: string): string | undefined;
  /** Whether a request's `cookie` header holds the session's. */
  admits(cookies: string | undefined): boolean;
}

const SECRET_BYTES = 32;

/** Makes a session that nobody has entered yet. */
export function createSession(): Session {
  const token = createSecret();
  const value = createSecret();
  // A browser sends a cookie to every port of a host: two consoles need two names.
  const name = `rowhouse_console_${randomBytes(4).toString("hex")}`;
  let used = false;
  return {
    token,
    enter(given) {
      if (used || !isEqual(given, token)) return undefined;
      used = true;
      return `${name}=${value}; HttpOnly; SameSite=Strict; Path=/`;
    },
    admits(cookies = "") {
      return cookies.split(";").some((cookie) => {
        const [key = "", ...rest] = cookie.trim().split("=");
        return key === name && isEqual(rest.join("="), value);
      });
    },
  };
}

function createSecret(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/** Takes as long for every wrong text, whatever its length and wherever it differs. */
function isEqual(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
