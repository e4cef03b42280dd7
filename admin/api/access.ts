// The door of tokens: it lets a request to its handler when its token is valid, it does not come too often, and its scopes
// include the route's.
// https://www.rfc-editor.org/rfc/rfc6750

import { AppError } from "../../src/errors.ts";
import { ServedExchange } from "../../src/http/exchange.ts";
import { AdminError } from "../registry/admin-error.ts";
import type { Door, Guard } from "./door.ts";
import { API_ERRORS, toApiError } from "./errors.ts";
import type { Rate } from "./tokens/rate.ts";
import type { TokenFile } from "./tokens/token-file.ts";
import { findToken, type Token } from "./tokens/token.ts";
import { ChangesInProgress } from "./turns.ts";

/** Makes the door; see the head of this file. The actor is the token's name. */
export function createTokenDoor(tokens: TokenFile, rate: Rate): Door {
  return { guard: createGuard(tokens, rate), turns: new ChangesInProgress(), explain: toApiError };
}

function createGuard(file: TokenFile, rate: Rate): Guard {
  return (scope, handle) => async (exchange) => {
    ServedExchange.stagesOf(exchange).visit.admit();
    const token = await authenticate(file, exchange.request.headers.get("authorization"));
    const seconds = rate.take(token.name);
    if (seconds > 0) {
      throw new AppError(
        API_ERRORS.RATE_EXCEEDED,
        `Cannot answer: token "${token.name}" sends too many requests; wait ${seconds} s`,
        { headers: { "retry-after": String(seconds) } },
      );
    }
    if (!token.scopes.includes(scope) && !token.scopes.includes("all")) {
      throw new AppError(
        API_ERRORS.SCOPE_MISSING,
        `Cannot answer: token "${token.name}" does not have the scope "${scope}"`,
        { headers: challenge(`error="insufficient_scope", scope="${scope}"`) },
      );
    }
    return handle(exchange, token.name);
  };
}

async function authenticate(file: TokenFile, header: string | null): Promise<Token> {
  const [, secret] = /^Bearer +([\w-]+)$/i.exec(header ?? "") ?? [];
  if (secret === undefined) {
    throw new AppError(
      API_ERRORS.TOKEN_INVALID,
      "Cannot answer: the request does not have a token; send Authorization: Bearer TOKEN",
      { headers: challenge() },
    );
  }
  const token = findToken(await readTokens(file), secret);
  if (token !== undefined) return token;
  throw new AppError(API_ERRORS.TOKEN_INVALID, "Cannot answer: the token is not valid", {
    headers: challenge('error="invalid_token"'),
  });
}

async function readTokens(file: TokenFile): Promise<readonly Token[]> {
  try {
    return await file.read();
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    const message = "Cannot answer: the service cannot read its tokens";
    throw new AppError(API_ERRORS.TOKENS_UNREADABLE, message, { cause: error });
  }
}

function challenge(parameters = ""): Readonly<Record<string, string>> {
  return { "www-authenticate": `Bearer realm="rowhouse"${parameters && `, ${parameters}`}` };
}
