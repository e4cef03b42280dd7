// Options that several verbs share.

/** The shared options by name. */
export const SHARED = {
  host: { type: "string", multiple: true, value: "MORE", about: "Another host of the tenant" },
  database: {
    type: "string",
    value: "NAME",
    about: "The database of ADMIN_DATABASE_URL_<NAME>; home when left out",
  },
  "only-database": {
    type: "string",
    value: "NAME",
    about: "Only this database; all that are configured when left out",
  },
  tenants: { type: "string", value: "LIST", about: "Only these tenants, as in a,b,shop_*" },
  where: {
    type: "string",
    multiple: true,
    value: "NAME=TEXT",
    about: "Only tenants with this setting, as in plan=pro or seats:=25",
  },
  concurrency: {
    type: "string",
    value: "N",
    about: "How many tenants at once; half of the free connections, at most 8, when left out",
  },
  "max-failures": { type: "string", value: "N", about: "Start no more tenants after N failures" },
} as const;
