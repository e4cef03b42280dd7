import {
  createTenancy,
  type Exchange,
  type Parts,
  type Tenancy,
  withTenant,
} from "../../../src/index.ts";

/** Builds the application; a runtime's entry calls it. */
export const createApp = (parts: Parts): Tenancy => createTenancy({ handler, ...parts });

async function handler(request: Request, exchange: Exchange): Promise<unknown> {
  const { pathname } = new URL(request.url);
  if (request.method !== "GET" || pathname !== "/plain") return new Response(null, { status: 404 });
  withTenant(exchange);
  return exchange.tenant`select id, text from note order by id limit 100`;
}
