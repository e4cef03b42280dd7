// The token file. Each request looks whether the file has changed, so that a line that is taken out is a token that no
// longer counts. A file that cannot be read, or that others may change, makes no token valid.

import { appendFile, readFile, stat } from "node:fs/promises";
import type { Log } from "../../../src/log.ts";
import { AdminError } from "../../registry/admin-error.ts";
import { parseScopes, SCOPES, type Scope } from "./scope.ts";
import { createToken, parseTokens, type Token } from "./token.ts";

/** A token file that is read again when it changes. */
export interface TokenFile {
  /**
   * The tokens of the file as it is now.
   * @throws {AdminError} while the file cannot be read; the log has said why, once for each change
   */
  read(): Promise<readonly Token[]>;
}

/** Others may neither read nor write the file, and its group may not write it. */
const FORBIDDEN_MODE = 0o027;

type Content =
  | { readonly stamp: string; readonly tokens: readonly Token[] }
  | { readonly stamp: string; readonly error: AdminError };

/**
 * Opens a token file.
 * @throws {AdminError} when it cannot be read, has a wrong line, or is open to others
 */
export async function openTokenFile(path: string, log: Log): Promise<TokenFile> {
  let content = await load(path, (await look(path)).stamp);
  if ("error" in content) throw content.error;
  return {
    async read() {
      const { stamp } = await look(path).catch(() => ({ stamp: "missing" }));
      if (stamp !== content.stamp) {
        content = await load(path, stamp);
        if ("error" in content) {
          log.write("error", "tokens unreadable", { reason: content.error.message });
        } else log.write("info", "tokens read", { tokens: content.tokens.length });
      }
      if ("error" in content) throw content.error;
      return content.tokens;
    },
  };
}

/**
 * Adds a token to a file, which only its owner may read when this creates it.
 * @param scopes such as `create,read`; all of them when left out
 * @returns the token's text, which is stored nowhere
 * @throws {AdminError} when the file cannot be read or has the name already, or a scope does not exist
 */
export async function addToken(path: string, name: string, scopes = "all"): Promise<string> {
  const { secret, line } = createToken(name, parseWanted(scopes));
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const before = isThere ? await load(path, "") : { tokens: [] };
  if ("error" in before) throw before.error;
  if (before.tokens.some((token) => token.name === name)) {
    throw new AdminError(
      `Cannot create token: ${JSON.stringify(path)} has one of the name "${name}"; take that line out, or choose another name`,
    );
  }
  const text = isThere ? await readFile(path, "utf8") : "";
  await appendFile(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`, {
    mode: 0o600,
  });
  return secret;
}

function parseWanted(text: string): readonly Scope[] {
  try {
    return parseScopes(text);
  } catch (cause) {
    const rule = `it must be a list of ${SCOPES.join(", ")}`;
    throw new AdminError(`Cannot create token: its scope is ${JSON.stringify(text)}; ${rule}`, {
      cause,
    });
  }
}

async function look(path: string): Promise<{ readonly stamp: string; readonly mode: number }> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, mode } = await stat(path, { bigint: true });
    return { stamp: [dev, ino, size, mtimeNs, ctimeNs, mode].join(" "), mode: Number(mode) };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Reads the file. The stamp is older than the content: a change in between is read again. */
async function load(path: string, stamp: string): Promise<Content> {
  try {
    const { mode } = await look(path);
    if ((mode & FORBIDDEN_MODE) !== 0) {
      throw new AdminError(
        `Cannot read tokens: the mode of ${JSON.stringify(path)} is ${(mode & 0o777).toString(8)}, and others must not read or ` +
          "change it; run chmod 600",
      );
    }
    const text = await readFile(path, "utf8").catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    return { stamp, tokens: parseTokens(text) };
  } catch (error) {
    if (error instanceof AdminError) return { stamp, error };
    throw error;
  }
}

function unreadable(path: string, cause: unknown): AdminError {
  const code = String(Reflect.get(Object(cause), "code"));
  const advice = "add a token with --new-token NAME";
  return new AdminError(`Cannot read tokens: ${JSON.stringify(path)} gives ${code}; ${advice}`, {
    cause,
  });
}
