// Makes a database ready for tenants, and examines an installation.

import type { Registry } from "../registry/registry.ts";
import type { InstallationFunctions } from "./contract/contract.ts";
import { withCodes } from "./failure.ts";

const MOST_EVENTS = 100;

/** Makes the functions. Each loads what it needs when it is called. */
export function installationFunctions(registry: Registry): InstallationFunctions {
  return {
    initialise: ({ create, serviceRole, tenantRoles, share = [], unshare = [] } = {}) =>
      withCodes(async () => {
        const { parseAddress } = await import("../../src/database/wire/address.ts");
        const { createDatabase } = await import("../lifecycle/database/create-database.ts");
        const { checkDatabaseName } = await import("../lifecycle/database/database-name.ts");
        const { initialise } = await import("../lifecycle/database/initialise.ts");
        checkDatabaseName(parseAddress(registry.url).database);
        const created = create === true && (await createDatabase(registry.url));
        const sharedSchemas = { add: share, remove: unshare };
        const done = await initialise(registry, { serviceRole, tenantRoles, sharedSchemas });
        return { created, ...done };
      }),
    readStatus: ({ drift, database, ...choice } = {}) =>
      withCodes(async () => {
        const { needsPerson, readStatus } = await import("../inspect/status.ts");
        const { findDatabase } = await import("../databases/find.ts");
        const status = await readStatus(
          await findDatabase(registry, database),
          choice,
          drift !== false,
        );
        return { ...status, well: !needsPerson(status) };
      }),
    examine: ({ serviceUrl, database } = {}) =>
      withCodes(async () => {
        const { parseUrl } = await import("./parse.ts");
        const { Secret } = await import("../../src/environment.ts");
        const { examineInstallation } = await import("../doctor/doctor.ts");
        const { findDatabase } = await import("../databases/find.ts");
        const { url, tenantMigrations, sharedMigrations } = await findDatabase(registry, database);
        return examineInstallation({
          service:
            serviceUrl === undefined ? undefined : new Secret(parseUrl("serviceUrl", serviceUrl)),
          admin: new Secret(url),
          tenantMigrations,
          sharedMigrations,
        });
      }),
    readEvents: ({ schemaName, verb, limit = MOST_EVENTS, ...choice } = {}) =>
      withCodes(async () => {
        const { parseEventVerb, parseWhole } = await import("./parse.ts");
        const { parseSchemaName } = await import("../registry/tenants/schema-name.ts");
        const { readAllEvents } = await import("../databases/events.ts");
        const events = await readAllEvents(registry, {
          ...choice,
          ...(schemaName !== undefined && { schemaName: parseSchemaName(schemaName) }),
          ...(verb !== undefined && { verb: parseEventVerb(verb) }),
          limit: parseWhole("limit", limit, 1, 1_000_000),
        });
        return events.toReversed();
      }),
    deleteEvents: (before, { signal = new AbortController().signal } = {}) =>
      withCodes(async () => {
        const { deleteEvents } = await import("../events/delete-events.ts");
        return deleteEvents(registry, before, signal);
      }),
  };
}
