import { AppError, defineErrors, type Exchange, Reply } from "../../../src/index.ts";

const ERRORS = defineErrors({ NAME_TAKEN: { status: 409, title: "The name is taken" } });

/** The admin API, a token with the scope `create`, and your login. */
export interface SignUp {
  readonly url: string;
  readonly token: string;
  /** Who sends the request, as your login has proved it. Throws for a request without a login. */
  readonly findUser: (exchange: Exchange) => Promise<string>;
}

/** Makes the handler of a route that creates a tenant for its user. */
export function createSignUp({ url, token, findUser }: SignUp) {
  return async (exchange: Exchange): Promise<Reply> => {
    const owner = await findUser(exchange);
    const { name } = Object(await exchange.readJson()) as { readonly name?: unknown };
    const host = `${String(name)}.example.com`;
    const answer = await fetch(`${url}/tenants`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ schemaName: name, hosts: [host], settings: { owner } }),
    }).catch((cause: unknown) => {
      throw new AppError("OVERLOADED", "Cannot sign up: try again later", { cause });
    });
    if (answer.ok) return new Reply(201, { host });
    const { code, detail } = (await answer.json()) as Record<"code" | "detail", string>;
    if (code === "NAME_TAKEN" || code === "HOST_TAKEN") {
      throw new AppError(ERRORS.NAME_TAKEN, `Cannot sign up: "${host}" is taken`);
    }
    if (answer.status === 400) throw new AppError("VALUE_INVALID", detail);
    throw new AppError("OVERLOADED", "Cannot sign up: try again later");
  };
}
