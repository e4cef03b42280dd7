// Describes the API to its clients as OpenAPI 3.1. Tests hold every answer against it.
// https://spec.openapis.org/oas/v3.1.1.html

import { PAGE } from "../page.ts";
import { type ApiOperation, describeChange, describeOther, describeRead } from "./operation.ts";
import {
  type ApiAnswers,
  type ApiHeader,
  describeAnswer,
  HEADERS,
  refer,
  type Schema,
  SCHEMAS,
} from "./parts.ts";

/** The OpenAPI document. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: Schema;
  readonly servers: readonly Schema[];
  readonly security: readonly Schema[];
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  /** The answers on a path that is not among `paths`. */
  readonly "x-other-paths": { readonly responses: ApiAnswers };
  /** The answers to a method that a path does not take. */
  readonly "x-other-methods": { readonly responses: ApiAnswers };
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly headers: Readonly<Record<string, ApiHeader>>;
    readonly securitySchemes: Readonly<Record<string, Schema>>;
  };
}

const INFO = {
  title: "Rowhouse: tenants",
  version: "0.1.0",
  description:
    "Creates, finds and changes tenants. Problems are RFC 9457 with a `code`. HEAD answers as GET, without a body.",
  license: { name: "MIT", identifier: "MIT" },
};

const ACME = { schemaName: "acme", hosts: ["acme.example.com"] };
const SCHEMA_NAME = describeSegment("schemaName", refer("SchemaName"), "acme");
const HOST = describeSegment("host", { type: "string" }, "shop.acme.example");
const OF_HOST = { parameters: [SCHEMA_NAME, HOST], scope: "hosts" } as const;
const OF_STATUS = {
  parameters: [SCHEMA_NAME],
  scope: "status",
  codes: ["NAME_INVALID", "TENANT_NOT_FOUND"],
} as const;

/**
 * Describes the API.
 * @param bodyBytes the largest request body
 */
export function describeApi(bodyBytes: number): ApiDocument {
  const body = (schema: string, example: unknown): Schema => ({
    description: `JSON in UTF-8 of at most ${bodyBytes} bytes`,
    required: true,
    content: { "application/json": { schema: refer(schema), example } },
  });
  const paths: ApiDocument["paths"] = {
    "/tenants": {
      ...describeRead({
        operationId: "getTenants",
        summary: "Lists the tenants by name, page by page",
        scope: "read",
        parameters: [
          { name: "after", in: "query", schema: { type: "string" } },
          {
            name: "limit",
            in: "query",
            schema: { type: "integer", minimum: 1, maximum: PAGE.most, default: PAGE.size },
          },
        ],
        answers: { 200: describeAnswer("A page", "Tenants") },
        codes: ["VALUE_INVALID"],
      }),
      post: describeChange({
        operationId: "createTenant",
        summary: "Creates a tenant. The service answers for it when this answers",
        scope: "create",
        requestBody: body("NewTenant", { ...ACME, settings: { owner: "user-17" } }),
        answers: {
          200: describeAnswer("The tenant exists, with these hosts and settings", "CreatedTenant"),
          201: describeAnswer("The tenant was created", "CreatedTenant", ACME),
        },
        codes: [
          ...(["NAME_INVALID", "SETTINGS_INVALID", "NAME_TAKEN", "HOST_TAKEN"] as const),
          "MIGRATION_FAILED",
        ],
      }),
    },
    "/tenants/{schemaName}": {
      ...describeRead({
        operationId: "getTenant",
        summary: "Reads a tenant",
        scope: "read",
        parameters: [SCHEMA_NAME],
        answers: { 200: describeAnswer("The tenant", "Tenant") },
        codes: ["NAME_INVALID", "TENANT_NOT_FOUND"],
      }),
      patch: describeChange({
        operationId: "changeTenant",
        summary: "Sets whether the tenant takes writes, and its statement timeout",
        ...OF_STATUS,
        requestBody: body("TenantChange", { readOnly: true }),
        answers: { 200: describeAnswer("The tenant has them", "TenantStatus") },
        codes: [...OF_STATUS.codes, "VALUE_INVALID"],
      }),
    },
    "/tenants/{schemaName}/hosts/{host}": {
      put: describeChange({
        operationId: "addHost",
        summary: "Adds a host",
        ...OF_HOST,
        answers: {
          200: describeAnswer("The tenant has the host already", "TenantHost"),
          201: describeAnswer("The host was added", "TenantHost"),
        },
        codes: ["NAME_INVALID", "TENANT_NOT_FOUND", "HOST_TAKEN"],
      }),
      delete: describeChange({
        operationId: "removeHost",
        summary: "Removes a host",
        ...OF_HOST,
        answers: { 204: describeAnswer("The host was removed") },
        codes: ["HOST_NOT_FOUND"],
      }),
    },
    "/tenants/{schemaName}/suspend": {
      post: describeChange({
        operationId: "suspendTenant",
        summary: "Makes the service refuse every request of the tenant",
        ...OF_STATUS,
        answers: { 200: describeAnswer("The tenant is suspended", "TenantStatus") },
      }),
    },
    "/tenants/{schemaName}/resume": {
      post: describeChange({
        operationId: "resumeTenant",
        summary: "Ends a suspension",
        ...OF_STATUS,
        answers: { 200: describeAnswer("The tenant has its earlier status", "TenantStatus") },
      }),
    },
    "/tenants/{schemaName}/settings": {
      patch: describeChange({
        operationId: "setSettings",
        summary: "Sets and removes settings; others stay",
        scope: "settings",
        parameters: [SCHEMA_NAME],
        requestBody: body("SettingsChange", { set: { plan: "pro" }, unset: ["trial"] }),
        answers: { 200: describeAnswer("All settings of the tenant", "TenantSettings") },
        codes: ["NAME_INVALID", "SETTINGS_INVALID", "TENANT_NOT_FOUND"],
      }),
    },
    "/healthz": describeRead({
      operationId: "getHealth",
      summary: "Whether the process serves",
      answers: { 200: describeAnswer("The process serves", "Health", { status: "ok" }) },
    }),
    "/openapi.json": describeRead({
      operationId: "getDescription",
      summary: "This document",
      answers: { 200: describeAnswer("OpenAPI 3.1", "Description") },
    }),
  };
  return {
    openapi: "3.1.1",
    info: INFO,
    servers: [{ url: "/" }],
    security: [],
    paths,
    "x-other-paths": { responses: describeOther("PATH_NOT_FOUND") },
    "x-other-methods": { responses: describeOther("METHOD_NOT_ALLOWED") },
    components: {
      schemas: SCHEMAS,
      headers: HEADERS,
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

function describeSegment(name: string, schema: Schema, example: string): Schema {
  return { name, in: "path", required: true, schema, example };
}
