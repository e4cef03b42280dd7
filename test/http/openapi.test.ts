// The examples of the API's description: one conversation of a tenant that has nothing yet, each request
// answered as its example says.

import { expect } from "chai";
import type { ApiDescription } from "../../src/example/openapi/description.ts";
import { useDatabase } from "../support/database/database.ts";
import { type LocalService, openService } from "../support/program/service.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly example: number;
}

interface WithContent {
  readonly content?: Readonly<Record<string, { readonly example?: unknown }>>;
}

describe("GET /openapi.json", () => {
  const host = "acme.example";
  const database = useDatabase({ acme: host });
  let service: LocalService;

  before(async () => {
    service = openService(database.serviceUrl);
  });

  after(() => service.close());

  it("its examples are answered as it says, one after the other", async () => {
    const { json } = await service.request(host, "GET", "/openapi.json");
    const { paths } = json as ApiDescription;
    let sent = 0;
    for (const [template, methods] of Object.entries(paths)) {
      for (const [method, { operationId, parameters = [], ...operation }] of Object.entries(
        methods,
      )) {
        const given = parameters as unknown as Parameter[];
        const query = given.filter((parameter) => parameter.in === "query");
        const path = template.replaceAll(/\{(\w+)\}/g, (_, name) =>
          String(given.find((parameter) => parameter.name === name)?.example),
        );
        const target = `${path}?${query.map(({ name, example }) => `${name}=${example}`).join("&")}`;
        const body = exampleOf(operation.requestBody);
        const answer = await service.request(host, method.toUpperCase(), target, body);
        expect(answer.status, operationId).to.be.within(200, 299);
        const example = exampleOf(operation.responses[answer.status]);
        if (template !== "/openapi.json") expect(answer.json, operationId).to.deep.equal(example);
        sent += 1;
      }
    }
    expect(sent).to.be.greaterThan(10);
  });
});

function exampleOf(described: unknown): unknown {
  return (described as WithContent | undefined)?.content?.["application/json"]?.example;
}
