// The verbs in groups, with a line for each: what `rowhouse` lists without loading one of them.

/** The groups by heading; each has its verbs by name, with what they do. */
export const GROUPS = {
  "An application": {
    init: "Write an application into an empty folder",
    dev: "Serve an application on this machine, with a PostgreSQL of its own",
    "new-migration": "Write the skeleton of a tenant migration",
  },
  "The database": {
    "init-db": "Make a database ready for tenants",
    migrate: "Bring every tenant to the newest version",
    status: "Show versions, failures, drift and what is missing",
    log: "Show who changed what",
    doctor: "Check the roles, the pooler and the settings",
    "verify-pooler": "Test a transaction pooler",
    console: "Serve the operator page",
    "serve-admin": "Serve an HTTP API that creates and changes tenants",
  },
  Tenants: {
    "list-tenants": "List the tenants with their hosts",
    "add-tenant": "Create a tenant",
    "add-tenants": "Create the tenants that a file lists",
    "adopt-tenants": "Make tenants of existing schemas",
    "set-tenant": "Set read-only, the statement timeout and settings",
    "suspend-tenant": "Refuse all requests of a tenant",
    "resume-tenant": "Serve a suspended tenant again",
    "rename-tenant": "Rename a tenant's schema",
    "drop-tenant": "Export a tenant and drop it",
    "add-domain": "Add a host to a tenant",
    "remove-domain": "Remove a host from its tenant",
    "each-tenant": "Run an SQL command in each tenant",
    repair: "Restore what a tenant lacks",
  },
  "Copies of tenants": {
    "clone-tenant": "Create a copy of a tenant",
    "export-tenant": "Write a tenant into a file",
    "import-tenant": "Create a tenant from a file",
    "move-tenant": "Move a tenant to another database",
  },
} as const;

type Groups = typeof GROUPS;

/** The name of a verb, such as "add-tenant". */
export type VerbName = { [Heading in keyof Groups]: keyof Groups[Heading] }[keyof Groups];

/** The names of all verbs, in the order of the list. */
export const VERB_NAMES: readonly string[] = Object.values(GROUPS).flatMap((verbs) =>
  Object.keys(verbs),
);
