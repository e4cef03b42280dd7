// The admin API in this process, with a token for each scope. Every answer is held against the API's description.

import { expect } from "chai";
import { createTokenDoor } from "../../admin/api/access.ts";
import { API_LIMITS, createApi } from "../../admin/api/api.ts";
import { createClosing } from "../../admin/api/closing.ts";
import { describeApi } from "../../admin/api/description/description.ts";
import { Rate } from "../../admin/api/tokens/rate.ts";
import { SCOPES } from "../../admin/api/tokens/scope.ts";
import type { TokenFile } from "../../admin/api/tokens/token-file.ts";
import { createToken, parseTokens } from "../../admin/api/tokens/token.ts";
import { createAdmin } from "../../admin/library/create-admin.ts";
import { openRegistry } from "../../admin/registry/registry.ts";
import { createLog } from "../../src/log.ts";
import { createJudge } from "./described.ts";
import { plant, recordText } from "./program/printed.ts";

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
  /** The code of a problem; undefined for another answer. */
  readonly code: unknown;
}

/** The API in this process. Whoever opened it closes it. */
export interface LocalApi {
  /** The answers so far, as in `createTenant 201`. */
  readonly answered: ReadonlySet<string>;
  readonly lines: readonly Record<string, unknown>[];
  /**
   * Sends a request.
   * @param token a scope, for its own token; any other text is sent as it is, and an empty one is not
   */
  request(token: string, method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** The parts that a test may replace. */
export interface LocalApiParts {
  readonly tokens?: TokenFile;
  readonly perSecond?: number;
}

/** Opens the API on a database. */
export async function openApi(
  adminUrl: string,
  { tokens: file, perSecond = 1000 }: LocalApiParts = {},
): Promise<LocalApi> {
  const made = SCOPES.map((scope) => [scope, createToken(`${scope}-token`, [scope])] as const);
  const secrets = new Map<string, string>(
    made.map(([scope, { secret }]) => [scope, plant(secret)]),
  );
  const tokens = parseTokens(made.map(([, { line }]) => line).join("\n"));
  const lines: Record<string, unknown>[] = [];
  const registry = await openRegistry(adminUrl);
  const api = createApi({
    adminOf: (actor) => createAdmin({ ...registry, actor }, registry.close),
    door: createTokenDoor(
      file ?? { read: () => Promise.resolve(tokens) },
      new Rate(perSecond, () => 0),
    ),
    log: createLog("info", (line) => {
      recordText(line);
      lines.push(JSON.parse(line) as Record<string, unknown>);
    }),
  });
  const judge = createJudge(describeApi(API_LIMITS.bodyBytes));
  const answered = new Set<string>();
  return {
    answered,
    lines,
    async request(token, method, path, body) {
      const secret = secrets.get(token) ?? token;
      const request = new Request(`http://localhost${path}`, {
        method,
        headers: { host: "localhost", ...(secret && { authorization: `Bearer ${secret}` }) },
        ...(body !== undefined && {
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      });
      const response = await api.fetch(request, createClosing(registry.close));
      const [headers, text] = [Object.fromEntries(response.headers), await response.text()];
      const json: unknown = text === "" ? undefined : JSON.parse(text);
      const { status } = response;
      const { answer, problems } = judge({ method, path, status, headers, text, json });
      expect(problems, `${method} ${path}: ${text}`).to.deep.equal([]);
      if (answer !== undefined) answered.add(answer);
      return { status, headers, json, code: Reflect.get(Object(json), "code") };
    },
    drain: () => api.drain(),
    close: () => registry.close(),
  };
}
