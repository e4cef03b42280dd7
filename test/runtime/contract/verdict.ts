// The contract's verdict on every answer that its chapters had: no foreign value, no message of the
// database, one form for all problems, and nothing that the API's description does not say.

import { expect } from "chai";
import { ERRORS } from "../../../src/example/errors.ts";
import type { ApiDescription } from "../../../src/example/openapi/description.ts";
import { createJudge } from "../../support/described.ts";
import { hostOf } from "../../support/traffic.ts";
import type { Answer } from "../../support/network/http-client.ts";
import type { Differences } from "./contract.ts";
import { type RuntimeStage, SPECIAL, TENANTS } from "./stage.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PER_TENANT = 1_000_000;

// What PostgreSQL, PgBouncer, postgres.js and Node say, and names that a client has no business with.
const FROM_WITHIN =
  /ERROR:|FATAL|SQLSTATE|relation|constraint|duplicate|violat|syntax|permission denied|(?:role|schema|database|column|function|type|server) \S+ does not exist|read-only transaction|cancel|terminat|server (?:login|conn|closed)|pgbouncer|postgres|pooler|CONNECT|ECONN|enter_tenant|witness|_service|\bt05\d\b|\n\s+at /;

/** Judges what the client has kept. */
export function describeVerdict(
  at: () => RuntimeStage,
  { waitsForBody = false }: Differences,
): void {
  const failing = (isRight: (answer: Answer) => boolean): string[] =>
    at()
      .client.answers.filter((answer) => !isRight(answer))
      .map(({ call, status, text }) => `${call}: ${status} ${text}`);

  it("no value of another tenant was seen", () => {
    const { answers } = at().client;
    const values = answers.flatMap(({ json }) => valuesOf(json));
    expect(values.length).to.be.greaterThan(500);
    const isOwn = ({ host = "", path, json }: Answer): boolean =>
      path === "/openapi.json" ||
      valuesOf(json).every((value) => Math.floor(value / PER_TENANT) === tenantOf(host));
    expect(failing(isOwn)).to.deep.equal([]);
  });

  it("every answer is as /openapi.json describes it, and every success that it describes was seen", async () => {
    const { client } = at();
    const { json } = await client.request(hostOf(1), "GET", "/openapi.json");
    const document = json as ApiDescription;
    const judge = createJudge(document);
    const seen = new Set<string>();
    const wrong = client.answers.flatMap((answer) => {
      const { answer: name, problems } = judge(answer);
      seen.add(String(name));
      return problems.map((problem) => `${answer.call}: ${answer.status}, ${problem}`);
    });
    expect([...new Set(wrong)].slice(0, 20)).to.deep.equal([]);
    const successes = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ operationId, responses }) =>
        Object.keys(responses).map((status) => `${operationId} ${status}`),
      )
      .filter((name) => / 2\d\d$/.test(name));
    expect(successes.filter((name) => !seen.has(name))).to.deep.equal([]);
  });

  it("every answer has an x-request-id of its own, and is not to be cached", () => {
    const { answers } = at().client;
    expect(failing(({ headers }) => UUID.test(String(headers["x-request-id"])))).to.deep.equal([]);
    expect(failing(({ headers }) => headers["cache-control"] === "no-store")).to.deep.equal([]);
    const ids = new Set(answers.map(({ headers }) => headers["x-request-id"]));
    expect(ids.size).to.equal(answers.length);
  });

  it("every problem is application/problem+json of its code's status and title", () => {
    const isProblem = ({ status, headers, method, json }: Answer): boolean => {
      if (headers["content-type"] !== "application/problem+json") return false;
      if (method === "HEAD") return json === undefined;
      const { code, detail, requestId, ...rest } = Object(json) as Record<string, string>;
      const known = ERRORS[code as keyof typeof ERRORS];
      const { title, status: wanted } = known;
      const expected = { type: `urn:rowhouse:error:${code}`, title, status: wanted };
      expect(rest).to.deep.equal(expected);
      return (
        known.status === status &&
        requestId === headers["x-request-id"] &&
        (headers["retry-after"] === "1") === (status === 503 || status === 429) &&
        /^Cannot [a-z]+.*[^.]$/.test(String(detail))
      );
    };
    expect(failing((answer) => answer.status < 400 || isProblem(answer))).to.deep.equal([]);
  });

  it("no answer has a message of the database, or a name from within", () => {
    expect(failing(({ text }) => !FROM_WITHIN.test(text))).to.deep.equal([]);
  });

  it("every code that a client can cause was seen, and no other", () => {
    const codes = new Set(at().client.answers.map(({ json }) => Reflect.get(Object(json), "code")));
    codes.delete(undefined);
    const unseen = new Set(["INTERNAL", "CLIENT_GONE", ...(waitsForBody ? ["BODY_TIMEOUT"] : [])]);
    const expected = Object.keys(ERRORS).filter((code) => !unseen.has(code));
    expect([...codes]).to.have.members(expected);
  });
}

/** Every value in an answer's body. */
function valuesOf(json: unknown): number[] {
  if (Array.isArray(json)) return json.flatMap(valuesOf);
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([name, found]: [string, unknown]) =>
    name === "value" ? [found as number] : valuesOf(found),
  );
}

/** The tenant that a request's host means; 0 for none. */
function tenantOf(host: string): number {
  const name = host.toLowerCase();
  const special = Object.values(SPECIAL).find((one) => one.host === name);
  if (special) return special.tenant;
  if (/^[^.]+\.wild\.example\.com(?::\d+)?$/.test(name)) return SPECIAL.wild.tenant;
  const plain = name.replace(/\.?(?::\d+)?$/, "");
  const number = Number(/^t(\d{3})\./.exec(plain)?.[1]);
  return number <= TENANTS && hostOf(number) === plain ? number : 0;
}
