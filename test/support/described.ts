// Whether an answer is as the API's description says: its status, each of its headers, and its body.

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { ApiDescription } from "../../src/example/openapi/description.ts";
import type { DescribedHeader } from "../../src/example/openapi/answers.ts";
import type { Answer } from "./network/http-client.ts";

/** Of an answer, what the description speaks of. */
export type Judged = Pick<Answer, "method" | "path" | "status" | "headers" | "text" | "json">;

/** What the description says of an answer. */
export interface Judgement {
  /** As in `getValue 200`; undefined for a path or a method that it has not. */
  readonly answer: string | undefined;
  /** Each thing that is not as described; empty for a right answer. */
  readonly problems: readonly string[];
}

// Of the connection and of the body's length: HTTP's own, whatever is answered.
const HTTP_OWN = new Set([
  ...["connection", "content-length", "date", "keep-alive", "transfer-encoding"],
]);

/** Reads the description and gives a judge of answers by it. */
export function createJudge(document: ApiDescription): (answer: Judged) => Judgement {
  const ajv = new Ajv2020({
    allErrors: true,
    formats: { int32: true },
    // Of the document around the schemas.
    keywords: Object.keys(document),
    strictTypes: false,
  });
  ajv.addSchema(document, "openapi");
  const compiled = new Map<string, ValidateFunction>();
  const isOf = (place: readonly (string | number)[], value: unknown): string[] => {
    const pointer = place.map((name) => encodeURIComponent(escape(String(name)))).join("/");
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi#/${pointer}` });
    compiled.set(pointer, validate);
    if (validate(value)) return [];
    return [`${pointer}: ${ajv.errorsText(validate.errors)}`];
  };
  const routes = Object.entries(document.paths).map(
    ([path, methods]) => [toPattern(path), path, methods] as const,
  );

  return ({ method, path, status, headers, text, json }) => {
    const route = routes.find(([pattern]) => pattern.test(pathname(path)));
    const operation = route?.[2][method.toLowerCase()];
    const others = route === undefined ? "x-other-paths" : "x-other-methods";
    const responses = operation?.responses ?? document[others].responses;
    const answer = operation && `${operation.operationId} ${status}`;
    const response = responses[status];
    if (response === undefined) return { answer, problems: [`status ${status} is not described`] };
    const problems: string[] = [];
    const place = operation
      ? ["paths", route?.[1] ?? "", method.toLowerCase(), "responses", status]
      : [others, "responses", status];

    for (const name of Object.keys(headers)) {
      if (name === "content-type" || HTTP_OWN.has(name)) continue;
      if (!Object.hasOwn(response.headers, name)) problems.push(`header ${name} is not described`);
    }
    for (const name of Object.keys(response.headers)) {
      const { required, schema } = document.components.headers[name] as DescribedHeader;
      const value = headers[name];
      if (value === undefined && required) problems.push(`header ${name} is missing`);
      if (value === undefined) continue;
      const typed = schema["type"] === "integer" ? Number(value) : value;
      problems.push(...isOf(["components", "headers", name, "schema"], typed));
    }
    if (others === "x-other-methods" && operation === undefined && status === 405) {
      const allow = Object.keys(route?.[2] ?? {}).map((name) => name.toUpperCase());
      if (headers["allow"] !== allow.toSorted().join(", ")) problems.push("header allow is wrong");
    }

    const type = headers["content-type"];
    if (method === "HEAD" || response.content === undefined) {
      if (text !== "") problems.push("a body is not described");
      if (method !== "HEAD" && type !== undefined) problems.push("content-type is not described");
    } else if (type === undefined || !Object.hasOwn(response.content, type)) {
      problems.push(`content-type ${type} is not described`);
    } else problems.push(...isOf([...place, "content", type, "schema"], json));
    return { answer, problems };
  };
}

function toPattern(path: string): RegExp {
  // The router takes slashes at the end, and any text in place of a parameter.
  return new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}/*$`);
}

/** The path of a target, in absolute form or not. */
function pathname(target: string): string {
  return target.replace(/^https?:\/\/[^/]*/, "").replace(/[?#].*$/s, "");
}

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function escape(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
