// The exports for applications. An application is routes on a router, a tenancy around them, and a runtime's
// entry: src/README.md shows a complete one.

export { readOptions, type ServiceOptions } from "./config.ts";
export {
  type Beginning,
  type Database,
  type Link,
  type OpenDatabase,
} from "./database/database.ts";
export { openDatabase } from "./database/open-database.ts";
export type { Answer, Message, Statement } from "./database/message.ts";
export type { DatabaseOptions } from "./database/options.ts";
export type { TransactionMode } from "./database/transaction-mode.ts";
export type { Reading, Results, Row, Rows } from "./database/values/rows.ts";
export type { Parser } from "./database/values/types.ts";
export { ConfigError, Secret } from "./environment.ts";
export {
  AppError,
  type AppErrorOptions,
  defineErrors,
  type ErrorCode,
  type ErrorDefinition,
  type ErrorKind,
  ERRORS,
  sqlState,
  UNIQUE_VIOLATION,
} from "./errors.ts";
export type { Settings, TenantFacts, TenantName } from "./entry.ts";
export { candidates, type Host, parseDomain, parseHost } from "./host.ts";
export { Reply } from "./http/answer.ts";
export type { Exchange, RequestContext, SharedExchange, TenantExchange } from "./http/exchange.ts";
export type { Handler, HandlerContext, TenancyRouter } from "./http/handle.ts";
export { type Limits, LIMITS } from "./http/limits.ts";
export type { Observation, Observer, Outcome } from "./http/observer.ts";
export { type Problem, problemResponse, RETRY_AFTER_SECONDS } from "./http/problem.ts";
export { createTenancy, type Parts, type Tenancy, type TenancyOptions } from "./http/tenancy.ts";
export { toAppError } from "./http/thrown.ts";
export { ready, type Readiness } from "./http/ready.ts";
export { type FoundTenant, withoutTenant, withTenant, withTenantBy } from "./http/with-tenant.ts";
export { createLog, describeError, type Log, LOG_LEVELS, type LogLevel } from "./log.ts";
export type { Query, Tag } from "./query.ts";
export { type Identifier, identifier, json, TemplateError, type Value } from "./sql/statement.ts";
export { createTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry/telemetry.ts";
export { createTenant, type Tenant, type TenantOptions, type Transaction } from "./tenant.ts";
