// The lines of a token file: a name, scopes, and the SHA-256 of the token. The file never holds a token. A token has 256
// random bits, so a fast hash is enough: none of them can be guessed.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { AdminError } from "../../registry/admin-error.ts";
import { parseScopes, type Scope } from "./scope.ts";

/** A token that may be used. */
export interface Token {
  /** Whose it is: the actor of its changes. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The SHA-256 of its text. */
  readonly digest: Buffer;
}

// Secret scanners recognize a token by its first letters.
const PREFIX = "rowhouse_";
const TOKEN_BYTES = 32;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Reads the text of a token file: one `NAME SCOPES SHA256` a line, empty lines, and comments that begin with `#`.
 * @throws {AdminError} that names the line and does not repeat it
 */
export function parseTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const fail = (problem: string): never => {
      throw new AdminError(
        `Cannot read tokens: line ${index + 1} ${problem}; write NAME SCOPES SHA256`,
      );
    };
    const [name = "", scopes = "", digest = "", ...rest] = line.trim().split(/\s+/);
    if (!NAME.test(name)) fail("does not begin with a name of a-z, 0-9, '.', '_' and '-'");
    if (!DIGEST.test(digest) || rest.length > 0) fail("does not end with 64 hexadecimal digits");
    if (tokens.some((token) => token.name === name)) fail("has the name of an earlier line");
    try {
      tokens.push({ name, scopes: parseScopes(scopes), digest: Buffer.from(digest, "hex") });
    } catch {
      fail("has a scope that does not exist");
    }
  }
  return tokens;
}

/** A new token. */
export interface NewToken {
  /** The text that a client sends. Nothing stores it. */
  readonly secret: string;
  /** The line of the file, without a newline. */
  readonly line: string;
}

/**
 * Makes a token.
 * @throws {AdminError} for a name that is not acceptable
 */
export function createToken(name: string, scopes: readonly Scope[]): NewToken {
  if (!NAME.test(name)) {
    const rule = "it must be 1 to 64 characters of a-z, 0-9, '.', '_' and '-'";
    throw new AdminError(`Cannot create token: its name is ${JSON.stringify(name)}; ${rule}`);
  }
  const secret = `${PREFIX}${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  return { secret, line: `${name} ${scopes.join(",")} ${digestOf(secret).toString("hex")}` };
}

/** Finds the token of a text. It compares every digest, in a time that depends on nothing but their number. */
export function findToken(tokens: readonly Token[], secret: string): Token | undefined {
  const digest = digestOf(secret);
  let found: Token | undefined;
  for (const token of tokens) if (timingSafeEqual(token.digest, digest)) found = token;
  return found;
}

function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
