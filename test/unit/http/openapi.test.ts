// The API's description is valid, complete, and a judge of answers that lets nothing else pass.

import { readFile } from "node:fs/promises";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import { createApp, createRoutes } from "../../../src/example/app.ts";
import type { Database } from "../../../src/database/database.ts";
import { AppError } from "../../../src/errors.ts";
import { ERRORS } from "../../../src/example/errors.ts";
import { LIMITS } from "../../../src/http/limits.ts";
import { toProblem } from "../../../src/http/problem.ts";
import { type ApiDescription, describeApi } from "../../../src/example/openapi/description.ts";
import { createJudge, type Judged } from "../../support/described.ts";

const DOCUMENT = describeApi(LIMITS.bodyBytes);

/** A copy, changed. */
function changed(change: (copy: ApiDescription) => unknown): ApiDescription {
  const copy = structuredClone(DOCUMENT);
  change(copy);
  return copy;
}

describe("describeApi()", () => {
  it("describeApi() gives a valid document of OpenAPI 3.1", async () => {
    const validator = new Validator();
    const validate = (document: ApiDescription) =>
      validator.validate(document as unknown as Record<string, unknown>);
    const result = await validate(DOCUMENT);
    expect(result.errors).to.equal(undefined);
    expect([result.valid, validator.version]).to.deep.equal([true, "3.1"]);
    const broken = changed(({ info }) => Reflect.deleteProperty(info, "version"));
    expect((await validate(broken)).valid).to.equal(false);
  });

  it("describeApi() has every route of the router, HEAD for each GET, and no other", () => {
    const routed = createRoutes(LIMITS.bodyBytes).routes.flatMap(([method, , , path]) => {
      const methods = method === "GET" ? ["get", "head"] : [method.toLowerCase()];
      return methods.map((name) => `${name} ${String(path).replaceAll(/:(\w+)/g, "{$1}")}`);
    });
    const described = Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described).to.have.members(routed);
  });

  it("describeApi() has every error code, each as the answer of some request", () => {
    const found = JSON.stringify(DOCUMENT).matchAll(/"code":\{"enum":\[([^\]]+)\]/g);
    const codes = [...found].flatMap(([, list]) => JSON.parse(`[${list}]`) as string[]);
    const unseen = ["CLIENT_GONE"];
    expect([...new Set(codes), ...unseen]).to.have.members(Object.keys(ERRORS));
  });

  it("describeApi() gives every operation a name of its own, and the package's version", async () => {
    const names = Object.values(DOCUMENT.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(names).size).to.equal(names.length);
    const manifest = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
    expect(DOCUMENT.info["version"]).to.equal(Reflect.get(Object(JSON.parse(manifest)), "version"));
  });

  it("describeApi() says how large a body may be", () => {
    const small = JSON.stringify(describeApi(12_345));
    expect(small).to.include("at most 12345 bytes");
  });
});

describe("createJudge()", () => {
  const judge = createJudge(DOCUMENT);
  const app = createApp({});

  /** The answer to a request that sends nothing to a database. */
  async function ask(method: string, path: string): Promise<Judged> {
    const headers = { host: "acme.example.com" };
    const request = new Request(`http://localhost${path}`, { method, headers });
    const answer = await app.fetch(request, {} as Database);
    const text = await answer.text();
    return {
      ...{ method, path, status: answer.status, headers: Object.fromEntries(answer.headers), text },
      json: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
  }

  it("createJudge() finds nothing in right answers, and names what was answered", async () => {
    const right: Record<string, readonly [method: string, path: string]> = {
      "getHealth 200": ["GET", "/healthz"],
      "headHealth 200": ["HEAD", "/healthz/"],
      "getDescription 200": ["GET", "/openapi.json"],
      "headDescription 200": ["HEAD", "/openapi.json"],
      "getDatedValue 400": ["GET", "/data/x"],
      "headDatedValue 400": ["HEAD", "/data/x"],
    };
    for (const [answer, [method, path]] of Object.entries(right)) {
      expect(judge(await ask(method, path))).to.deep.equal({ answer, problems: [] });
    }
    for (const [method, path] of [
      ["GET", "/nowhere"],
      ["PATCH", "/data/1"],
      ["HEAD", "/data/insert/1/2"],
    ] as const) {
      const judgement = judge(await ask(method, path));
      expect(judgement).to.deep.equal({ answer: undefined, problems: [] });
    }
  });

  const header =
    (name: string, value?: string) =>
    ({ headers }: Judged): Partial<Judged> => ({ headers: { ...headers, [name]: value } });
  const member =
    (name: string, value?: unknown) =>
    ({ json }: Judged): Partial<Judged> => ({ json: { ...Object(json), [name]: value } });
  const WRONG: Record<string, readonly [notice: string, (right: Judged) => Partial<Judged>]> = {
    "another status": ["status 202 is not described", () => ({ status: 202 })],
    "a header more": ["header x-more is not described", header("x-more", "1")],
    "a header less": ["header x-request-id is missing", header("x-request-id")],
    "another header": ["cache-control/schema: data must be", header("cache-control", "private")],
    "another media type": ["text/plain is not described", header("content-type", "text/plain")],
    "no media type": ["undefined is not described", header("content-type")],
    "a member more": ["must NOT have additional properties", member("more", 1)],
    "a member less": ["must have required property 'detail'", member("detail")],
    "a code of other routes": [
      "data/code must be equal to one of the allowed values",
      () => ({ json: toProblem(new AppError("BODY_INVALID", "Cannot"), "id-1") }),
    ],
    "no body": ["data must be object", () => ({ text: "", json: undefined })],
    "a body for HEAD": ["a body is not described", () => ({ method: "HEAD" })],
  };
  for (const [what, [notice, change]] of Object.entries(WRONG)) {
    it(`createJudge() notices ${what}`, async () => {
      const right = await ask("GET", "/data/x");
      expect(judge(right).problems).to.deep.equal([]);
      expect(judge({ ...right, ...change(right) }).problems.join()).to.include(notice);
    });
  }

  it("createJudge() notices an Allow that is not the path's", async () => {
    const answer = await ask("PATCH", "/data/1");
    const wrong = { ...answer, headers: { ...answer.headers, allow: "GET, HEAD" } };
    expect(judge(wrong).problems).to.deep.equal(["header allow is wrong"]);
  });

  it("createJudge() notices what the document lacks", async () => {
    const answer = await ask("GET", "/data/x");
    const lacking: ((document: ApiDescription) => unknown)[] = [
      ({ paths }) => Reflect.deleteProperty(paths, "/data/{key}"),
      ({ paths }) => Reflect.deleteProperty(paths["/data/{key}"] ?? {}, "get"),
      ({ paths }) => Reflect.deleteProperty(paths["/data/{key}"]?.["get"]?.responses ?? {}, "400"),
    ];
    for (const lack of lacking) {
      expect(createJudge(changed(lack))(answer).problems).to.not.deep.equal([]);
    }
  });
});
