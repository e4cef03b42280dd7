// What an application imports. An application is routes on a router, a tenancy around them, and a
// runtime's entry: the README shows one whole.

export { readJson } from "./http/body.ts";
export { type Config, LOG_LEVELS, type LogLevel, readConfig } from "./config.ts";
export {
  type Database,
  type DatabaseConfig,
  type Link,
  type OpenDatabase,
  openDatabase,
  type Results,
  type Row,
} from "./database/database.ts";
export {
  AppError,
  type AppErrorOptions,
  type ErrorCode,
  ERRORS,
  sqlState,
  toAppError,
  UNIQUE_VIOLATION,
} from "./errors.ts";
export { type Exchange, Reply } from "./http/exchange.ts";
export { candidates, formatHost, type Host, parseDomain, parseHost } from "./host.ts";
export { createLog, describeError, type Log } from "./log.ts";
export { type Identifier, identifier, json, TemplateError, type Value } from "./sql/statement.ts";
export {
  createTenancy,
  type Tenancy,
  type TenancyParts,
  type TenancyRouter,
  withTenant,
} from "./http/tenancy.ts";
export { createTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry/telemetry.ts";
export {
  createTenant,
  type Query,
  type Rows,
  type Tag,
  type Tenant,
  type Transaction,
} from "./tenant.ts";
export { ConfigError, Secret } from "./environment.ts";
