// Commands that do not belong into a tenant's migration. Each rule is a form of a statement and what to do about it.

import { BOOKKEEPING_TABLES } from "../bookkeeping.ts";
import type { Reading } from "../text/reading.ts";
import type { Statement } from "../text/statement.ts";

const SHARED = "belongs to no single schema; move it into the shared migrations";
const ROLES = "changes roles, which all tenants share; move it into the shared migrations";
const PATH = "changes the search path, which Rowhouse sets; remove it";
const SUPERUSER = "needs a superuser; remove it";

type Rule = readonly [form: RegExp, remedy: string];

/** What belongs into no tenant's migration, and may stand in a shared one. */
const TENANT: readonly Rule[] = [
  [
    /^(?:create|alter|drop) schema\b/,
    "names another schema; a migration has the tenant's schema alone, remove it",
  ],
  [/^(?:create|alter|drop) (?:role|user|group)\b(?! mapping)/, ROLES],
  [/^(?:grant|revoke) (?!.* on ).* (?:to|from) /, ROLES],
  [/^(?:reassign|drop) owned\b/, ROLES],
  [
    /^alter\b.* owner to /,
    "gives it to another role; remove it: the admin role owns what migrations make",
  ],
  [
    /^(?:drop|alter) extension\b/,
    "changes an extension, which all tenants share; move it into the shared migrations",
  ],
  [
    /^(?:create|alter|drop) (?:database|tablespace|event trigger|subscription|server|foreign data wrapper|user mapping|access method)\b/,
    SHARED,
  ],
  [/^(?:create|drop) publication\b/, SHARED],
  [/^(?:create|drop)(?: or replace)?(?: trusted)?(?: procedural)? language\b/, SHARED],
  [/^(?:alter system|security label|import foreign schema|load)\b/, SHARED],
  [
    /^comment on (?:database|tablespace|role|event trigger|subscription|publication|server|language)\b/,
    SHARED,
  ],
  [/^alter\b.* set schema /, "moves it into another schema; remove it"],
  [
    /^(?:vacuum|analyze|cluster)(?: \( [^)]* \)| full| freeze| verbose| analyze)*$|^reindex (?:\( [^)]* \) )?(?:database|system)\b/,
    "works on the whole database, once for each tenant; name the tables",
  ],
];
const EVERYWHERE: readonly Rule[] = [
  [/^(?:reset all|discard)\b/, "takes back what Rowhouse sets; remove it"],
  [
    /^(?:set (?:session |local )?role|reset role|set session authorization|reset session authorization)\b/,
    "changes the role; remove it: migrations run as the admin role",
  ],
  [/\bsession_replication_role\b/, SUPERUSER],
  [/^alter table\b.* (?:disable|enable) trigger all\b/, SUPERUSER],
  [/^copy\b.* from stdin\b/, "has rows below it, which only psql reads; write them as INSERT"],
];
/** In the bodies of stored functions, too. */
const ANYWHERE: readonly Rule[] = [
  [/^set (?:session |local )?(?:search_path|schema)\b|^reset search_path\b/, PATH],
  [/\bset_config \( 'search_path'/, PATH],
];
/** Only at the top level; in a body the words mean something else. */
const COMMANDS: readonly Rule[] = [
  [
    /^(?:rollback|abort|savepoint|release|prepare transaction)\b|^commit prepared\b/,
    "ends or cuts the transaction, which is Rowhouse's; remove it",
  ],
];
const BOOKKEEPING = new Set(BOOKKEEPING_TABLES);

/** Reports what a statement must not do. Returns whether it is refused. */
export function refuseStatement(statement: Statement, reading: Reading): boolean {
  const { place } = statement;
  const own = [
    ...(reading.scope.isShared ? [] : TENANT),
    ...EVERYWHERE,
    ...(place === "command" ? COMMANDS : []),
  ];
  const rules = [...ANYWHERE, ...(place === "stored" ? [] : own)];
  for (const [form, remedy] of rules) {
    const found = form.exec(statement.shape);
    if (found === null) continue;
    reading.refuse(statement, remedy, found.index === 0 ? 0 : statement.indexAt(found.index));
    return true;
  }
  return place === "stored" ? false : refuseRecords(statement, reading);
}

function refuseRecords(statement: Statement, reading: Reading): boolean {
  const index = statement.tokens.findIndex((_, at) => {
    const name = statement.name(at);
    return name !== undefined && BOOKKEEPING.has(name);
  });
  if (index < 0) return false;
  const name = statement.name(index) ?? "";
  reading.refuse(
    statement,
    `uses "${name}", a migration tool's own table; remove it: Rowhouse records migrations by itself`,
    index,
  );
  return true;
}
