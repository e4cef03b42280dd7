// Requests to the server. Each carries the tab's key; a change carries a JSON body, which no form of another site can
// send.

import type { Problem } from "../api.ts";
import { findKey, forgetKey } from "./key.ts";

/** The server answered with a status from 400 on, or did not answer. */
export class RequestError extends Error {
  /** The HTTP status; 0 when the server did not answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = "RequestError";
    this.status = status;
  }

  /** Whether the same request may succeed a little later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 503;
  }
}

/**
 * Reads `/api/…`.
 * @throws {RequestError} and, once the signal is aborted, its reason
 */
export function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>(path, signal ? { signal } : {});
}

/**
 * Makes a change.
 * @throws {RequestError} with status 0 the change may have been made all the same
 */
export function change<T>(
  path: string,
  body: object = {},
  method: "POST" | "PUT" | "PATCH" | "DELETE" = "POST",
): Promise<T> {
  const headers = { "content-type": "application/json" };
  return request<T>(path, { method, headers, body: JSON.stringify(body) });
}

/** A path that reads one database. */
export function pathIn(database: string, path: string): string {
  return database === "" ? path : `${path}?database=${encodeURIComponent(database)}`;
}

/** A path of the admin API: `/tenants/SCHEMA`, and the parts behind it. */
export function tenantPath(schemaName: string, ...parts: readonly string[]): string {
  return ["/tenants", ...[schemaName, ...parts].map(encodeURIComponent)].join("/");
}

/** A path that the page has beside the admin API: `/api/tenants/SCHEMA`, and the verb's part behind it. */
export function ownPath(schemaName: string, ...verb: readonly string[]): string {
  return `/api${tenantPath(schemaName, ...verb)}`;
}

/**
 * Sends a request with the tab's key. Resolves to the answer, whatever its status.
 * @throws the reason of `fetch` when the server does not answer
 */
export async function send(path: string, options: RequestInit = {}): Promise<Response> {
  const key = await findKey();
  const headers = new Headers(options.headers);
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
  const response = await fetch(path, { ...options, headers });
  if (response.status === 401 && key !== undefined) forgetKey(key);
  return response;
}

async function request<T>(path: string, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await send(path, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new RequestError("The console does not answer; is it still running?", 0);
  }
  if (!response.ok) throw new RequestError(await describe(response), response.status);
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

async function describe(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
  return problem?.detail ?? `The console answered with status ${response.status}`;
}
