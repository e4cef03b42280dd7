// Asking the server. A change carries a JSON body, which no form of another site can send.

import type { Problem } from "../api.ts";

/** An answer from 400 on, or none at all. */
export class RequestError extends Error {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = "RequestError";
    this.status = status;
  }

  /** Whether the same may be answered otherwise a little later. */
  get mayPass(): boolean {
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
 * @throws {RequestError} the change may have been made all the same when its status is 0
 */
export function change<T>(path: string, body: object = {}): Promise<T> {
  const headers = { "content-type": "application/json" };
  return request<T>(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** `/api/tenants/SCHEMA`, with what follows. */
export function tenantPath(schemaName: string, verb?: string): string {
  const path = `/api/tenants/${encodeURIComponent(schemaName)}`;
  return verb === undefined ? path : `${path}/${verb}`;
}

async function request<T>(path: string, options: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new RequestError("The console does not answer; is it still running?", 0);
  }
  if (!response.ok) throw new RequestError(await problemOf(response), response.status);
  return (await response.json()) as T;
}

async function problemOf(response: Response): Promise<string> {
  if (response.status === 401) {
    return "This session has ended; open the URL that the console printed when it was started";
  }
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
  return problem?.error ?? `The console answered with status ${response.status}`;
}
