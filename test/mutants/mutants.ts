// Deliberate defects, each of a kind that has cost somebody data, and the tests of which one must notice.

/** One defect: a text of one source file and what stands there instead. */
export interface Mutant {
  /** What is wrong then. */
  readonly defect: string;
  readonly file: string;
  readonly text: string;
  readonly instead: string;
  /** The test files that are asked, without their ending, below `test/`. */
  readonly tests: readonly string[];
}

const REGISTRY = "admin/shared/entry.ts";
const POOLED = "isolation/pooled";
const PRIVILEGES = "isolation/privileges";

/** See {@link Mutant}. */
export const MUTANTS: readonly Mutant[] = [
  {
    defect: "the shared schemas are not on the path",
    file: "admin/shared/search-path.ts",
    text: `[...sharedSchemas.map(quoteName), "pg_temp"]`,
    instead: `["pg_temp"]`,
    tests: ["isolation/shared-schemas"],
  },
  {
    defect: "privileges to write in a shared schema stay",
    file: "admin/shared/open.ts",
    text: `    if (!mine) continue;\n`,
    instead: `    continue;\n`,
    tests: ["verbs/shared-schemas"],
  },
  {
    defect: "a load locks the shared tables",
    file: "admin/transfer/bare/constraints.ts",
    text: `f.confrelid in (select oid from relation)`,
    instead: `true`,
    tests: ["transfer/shared"],
  },
  {
    defect: "the search_path is set for the session",
    file: REGISTRY,
    text: `"path")}, true)`,
    instead: `"path")}, false)`,
    tests: [POOLED],
  },
  {
    defect: "no search_path is set",
    file: REGISTRY,
    text: `pg_catalog.set_config('search_path',`,
    instead: `pg_catalog.concat('search_path',`,
    tests: [POOLED],
  },
  {
    defect: "the tenant's role is not taken",
    file: REGISTRY,
    text: `pg_catalog.set_config('role', entry[2], true)`,
    instead: `pg_catalog.set_config('role', 'none', true)`,
    tests: [PRIVILEGES],
  },
  {
    defect: "the statement timeout is not set",
    file: REGISTRY,
    text: `pg_catalog.set_config('statement_timeout', entry[4], true)`,
    instead: `pg_catalog.concat('statement_timeout', entry[4], true)`,
    tests: ["verbs/suspend-tenant", POOLED],
  },
  {
    defect: "a suspended tenant is served",
    file: REGISTRY,
    text: `if entry[3] operator(pg_catalog.<>) 'read_only' then`,
    instead: `if entry[3] operator(pg_catalog.=) 'none' then`,
    tests: ["verbs/suspend-tenant"],
  },
  {
    defect: "a tenant may be entered twice in a message",
    file: REGISTRY,
    text: `if pg_catalog.current_setting('role') operator(pg_catalog.<>) 'none' then`,
    instead: `if pg_catalog.current_setting('role') operator(pg_catalog.=) '' then`,
    tests: [PRIVILEGES, POOLED],
  },
  {
    defect: "a role that somebody left on the connection stays",
    file: "src/tenant.ts",
    text: "`reset role;select rowhouse.enter_tenant",
    instead: "`select 1 as reset;select rowhouse.enter_tenant",
    tests: [PRIVILEGES],
  },
  {
    defect: "temporary tables are allowed",
    file: "admin/lifecycle/initialise.ts",
    text: "`revoke temporary on database ${quoteName(database)} from public`",
    instead: "`grant temporary on database ${quoteName(database)} to public`",
    tests: [PRIVILEGES, "verbs/init-db"],
  },
  {
    defect: "a rename leaves the old name in settings",
    file: "admin/rename/rename.ts",
    text: "  await rewriteSettings(transaction, renaming);",
    instead: "  if (names.length > 0) await rewriteSettings(transaction, renaming);",
    tests: ["isolation/renamed"],
  },
  {
    defect: "a rename leaves the old name in bodies",
    file: "admin/rename/mentions.ts",
    text: "else if (name === schemaName && (qualifies || namesSchema))",
    instead: "else if (name === schemaName && namesSchema)",
    tests: ["isolation/renamed"],
  },
  {
    defect: "a role is renamed that another database uses",
    file: "admin/rename/rename.ts",
    text: "const own = tenantRoles && keptRole === undefined;",
    instead: "const own = tenantRoles;",
    tests: ["isolation/shared-roles"],
  },
  {
    defect: "a drop takes what stands on the tenant from outside",
    file: "admin/drop/outsiders.ts",
    text: "   where not w.inside\n",
    instead: "   where not w.inside and w.classid = 'pg_catalog.pg_rewrite'::regclass\n",
    tests: ["isolation/outsiders"],
  },
  {
    defect: "a tenant executes functions that run text",
    file: "admin/registry/closed-functions.ts",
    text: "`revoke execute on routine ${all} from public`",
    instead: "`grant execute on routine ${all} to public`",
    tests: ["isolation/functions"],
  },
  {
    defect: "a tenant executes a function that sets something for the session",
    file: "admin/registry/closed-functions.ts",
    text: 'pg_trgm: "set_limit"',
    instead: 'pg_trgm: "show_trgm"',
    tests: ["isolation/functions"],
  },
  {
    defect: "what others have set on a connection decides",
    file: REGISTRY,
    text: "  reset all;\n",
    instead: "  null;\n",
    tests: ["isolation/settings"],
  },
  {
    defect: "a quote in a value is not doubled",
    file: "src/sql/literal.ts",
    text: `text.replaceAll("'", "''")`,
    instead: `text.replaceAll("'", "'")`,
    tests: ["unit/literal"],
  },
  {
    defect: "a backslash in a value is not doubled",
    file: "src/sql/literal.ts",
    text: '(E\'${doubled.replaceAll("\\\\", "\\\\\\\\")}\')',
    instead: "(E'${doubled}')",
    tests: ["unit/literal"],
  },
  {
    defect: "a negative number stands bare",
    file: "src/sql/literal.ts",
    text: "? `(${value})`",
    instead: "? `${value}`",
    tests: ["unit/literal"],
  },
  {
    defect: "a template may hold a second statement",
    file: "src/sql/lexer.ts",
    text: `} else if (char === ";") fail(`,
    instead: `} else if (char === "\\0") fail(`,
    tests: ["unit/sql-injection", "isolation/templates"],
  },
  {
    defect: "a semicolon in BEGIN ATOMIC ends a migration's command",
    file: "admin/migrations/text/split.ts",
    text: "isRoutine(current)) open = 1;",
    instead: "isRoutine(current)) open = 0;",
    tests: ["unit/migrations/split"],
  },
  {
    defect: "a stored function keeps the name of public",
    file: "admin/migrations/rules/qualifiers.ts",
    text: 'if (statement.place === "stored") {\n      reading.edit(',
    instead: 'if (statement.shape === "") {\n      reading.edit(',
    tests: ["unit/migrations/rewritten", "unit/migrations/parse-trees"],
  },
  {
    defect: "a file of a migration folder is ignored in silence",
    file: "admin/migrations/folder/tool/numbered.ts",
    text: "    folder.findings.refuse(file, undefined, explain(file));\n",
    instead: "",
    tests: ["unit/migrations/folder"],
  },
  {
    defect: "a message that failed is sent again",
    file: "src/database/connection.ts",
    text: "        reject(verdict.error);\n",
    instead:
      "        const again = (this.#sql.unsafe(text).simple() as unknown as Sent).raw();\n" +
      "        again.then((result) => resolve(readReply(result)), reject);\n",
    tests: ["http/message-count", "faults/service"],
  },
  {
    defect: "the certificate at an address is checked for localhost",
    file: "src/database/wire/socket.ts",
    text: "tls.connect({ ...options, socket: raw })",
    instead: 'tls.connect({ ...options, host: "localhost", servername: undefined, socket: raw })',
    tests: ["faults/tls"],
  },
  {
    defect: "a connection in doubt is used again",
    file: "src/database/connection.ts",
    text: "if (!verdict.usable) this.abandon();",
    instead: "",
    tests: ["faults/service", "isolation/noisy-neighbour"],
  },
  {
    defect: "what a transaction did not await outlives it",
    file: "src/database/transaction.ts",
    text: "    await Promise.all(this.#begun);",
    instead: "    await Promise.resolve();",
    tests: ["isolation/savepoints"],
  },
  {
    defect: "a forwarded host counts without TRUST_PROXY",
    file: "src/http/with-tenant.ts",
    text: `trustProxy ? request.headers.get("x-forwarded-host") : null`,
    instead: `request.headers.get("x-forwarded-host")`,
    tests: ["runtime/node"],
  },
  {
    defect: "one host may have every connection",
    file: "src/database/pool/pool.ts",
    text: "const MOST_OF_ONE = 0.75;",
    instead: "const MOST_OF_ONE = 1;",
    tests: ["unit/pool"],
  },
  {
    defect: "an error's message is logged",
    file: "src/log.ts",
    text: "    name: cause.name,",
    instead: "    name: cause.message,",
    tests: ["unit/log"],
  },
  {
    defect: "a verb returns before what began has ended",
    file: "admin/registry/fence.ts",
    text: "let left = await read();",
    instead: "let left = (await read()).slice(0, 0);",
    tests: ["verbs/suspend-tenant"],
  },
  {
    defect: "a canary is everybody",
    file: "admin/migrate/plan.ts",
    text: "canary === undefined ? ready : chooseCanary(ready, canary)",
    instead: "canary === null ? chooseCanary(ready, canary) : ready",
    tests: ["verbs/migrate"],
  },
  {
    defect: "a migration and its version are two transactions",
    file: "admin/migrate/perform.ts",
    text: "await applyMigration(site, transaction, migration, direction)",
    instead:
      "await registry.sequelize.transaction((own) => applyMigration(site, own, migration, direction))",
    tests: ["verbs/migrate", "faults/migrate"],
  },
  {
    defect: "an archive's checksums are not compared",
    file: "admin/transfer/import-tenant.ts",
    text: `["bytes", "rows", "sha256"]`,
    instead: `["bytes", "rows"]`,
    tests: ["transfer/import-edited", "faults/import"],
  },
  {
    defect: "triggers act on the rows of a copy",
    file: "admin/transfer/bare/bare-tables.ts",
    text: "for (const steps of [triggers, forced, views, foreignKeys])",
    instead: "for (const steps of [forced, views, foreignKeys])",
    tests: ["transfer/old-rows"],
  },
  {
    defect: "an archive's partitions are SQL of a stranger's",
    file: "admin/transfer/belief.ts",
    text: "!isMakeable(one)",
    instead: "false",
    tests: ["transfer/import-shape"],
  },
  {
    defect: "a backup is not tried before its tenant is dropped",
    file: "admin/drop/backup.ts",
    text: "prove = true",
    instead: "prove = false",
    tests: ["transfer/refused-rows"],
  },
  {
    defect: "each port of a host has a share of its own",
    file: "src/http/known-hosts.ts",
    text: "return { key: `?${host.name}`, group",
    instead: "return { key: `?${host.text}`, group",
    tests: ["unit/known-hosts"],
  },
  {
    defect: "new subdomains of a wildcard have shares of their own",
    file: "src/http/known-hosts.ts",
    text: "group.hosts >= HOSTS_OF_A_GROUP",
    instead: "group.hosts < 0",
    tests: ["isolation/spellings"],
  },
  {
    defect: "a byte beyond ASCII is folded into another host",
    file: "src/host.ts",
    text: "if (/[^\\0-\\x7f]/.test(text)) throw",
    instead: "if (/\\0/.test(text)) throw",
    tests: ["unit/host"],
  },
  {
    defect: "something is sent on a connection that is in doubt",
    file: "src/database/transaction.ts",
    text: 'if (line.isUsable()) await line.send("rollback")',
    instead: 'await line.send("rollback")',
    tests: ["unit/transaction"],
  },
  {
    defect: "a body that is on its way takes a place",
    file: "src/http/admission.ts",
    text: "        leave();\n        const value = await work();",
    instead: "        const value = await work();",
    tests: ["http/bodies"],
  },
  {
    defect: "a body that a handler reads by itself has no bound",
    file: "src/http/body.ts",
    text: "if (length > limits.bodyBytes) controller.error",
    instead: "if (length > Infinity) controller.error",
    tests: ["http/bodies"],
  },
  {
    defect: "a row is counted when it is in memory",
    file: "src/database/wire/wire.ts",
    text: "row: (valueBytes) => this.#counter.add(valueBytes),",
    instead: "row: () => {},",
    tests: ["isolation/noisy-neighbour"],
  },
  {
    defect: "a client that has gone keeps its place in the line",
    file: "src/database/pool/waiting-line.ts",
    text: 'signal?.addEventListener("abort", abort);',
    instead: "",
    tests: ["unit/pool"],
  },
  {
    defect: "an adopted tenant cannot use what its owner creates later",
    file: "admin/adopt/adopt-tenants.ts",
    text: "    await grantDefaults(transaction, schemaName, owner, roleName);\n",
    instead: "",
    tests: ["verbs/adopt-tenants"],
  },
  {
    defect: "an adopted schema locks its tables",
    file: "admin/adopt/adopt-tenants.ts",
    text: "  await grantExisting(transaction, schemaName, roleName);\n",
    instead:
      "  await grantExisting(transaction, schemaName, roleName);\n" +
      "  await query(transaction, `lock table ${schema}.data in share mode`);\n",
    tests: ["verbs/adopt-tenants"],
  },
  {
    defect: "a schema that fits no version is adopted",
    file: "admin/adopt/reasons.ts",
    text: "if (first === undefined || isGiven)",
    instead: "if (first === undefined || !isGiven)",
    tests: ["verbs/adopt-tenants-refused"],
  },
  {
    defect: "the table of a migration tool is drift",
    file: "admin/inspect/fingerprint.ts",
    text: "objects.filter(({ owner }) => !IS_BOOKKEEPING.test(owner))",
    instead: "objects",
    tests: ["verbs/adopt-tenants"],
  },
];
