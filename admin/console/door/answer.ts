// Writes the answers of the console's server: JSON, a problem, or a short page for a person.

import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Problem } from "../api.ts";
import type { ConsoleProblem } from "./problem.ts";

/** Writes a value as JSON. */
export function sendJson(outgoing: ServerResponse, value: unknown): void {
  outgoing.setHeader("content-type", "application/json").end(JSON.stringify(value));
}

/** Writes an error as `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457. */
export function sendProblem(outgoing: ServerResponse, { status, detail }: ConsoleProblem): void {
  const problem: Problem = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
  };
  refuse(outgoing, status);
  outgoing.setHeader("content-type", "application/problem+json").end(JSON.stringify(problem));
}

/** Writes an error as a page, for a person who opened a URL. */
export function sendProblemPage(outgoing: ServerResponse, problem: ConsoleProblem): void {
  refuse(outgoing, problem.status);
  sendPage(outgoing, "", problem.detail);
}

/**
 * Writes the page that a person sees for a moment: its script keeps the key and opens the console.
 * @param key undefined for a browser that has entered before
 */
export function sendEntrance(outgoing: ServerResponse, key: string | undefined): void {
  const kept = key === undefined ? "" : `<meta name="console-key" content="${escape(key)}">`;
  const head = `${kept}<script type="module" src="/page/enter.js"></script>`;
  sendPage(outgoing, head, "Opening the console. This needs JavaScript.");
}

function refuse(outgoing: ServerResponse, status: number): void {
  outgoing.statusCode = status;
  // The rest of a refused body stays unread.
  outgoing.setHeader("connection", "close");
  if (status === 401) outgoing.setHeader("www-authenticate", "Bearer");
}

function sendPage(outgoing: ServerResponse, head: string, text: string): void {
  outgoing
    .setHeader("content-type", "text/html; charset=utf-8")
    .end(
      `<!doctype html><html lang="en"><title>Rowhouse</title>${head}<p>${escape(text)}</p></html>\n`,
    );
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => `&#${one.codePointAt(0)};`);
}
