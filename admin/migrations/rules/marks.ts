// What a runner must know of a command: whether it can run in a transaction, what it leaves behind, and what of it
// depends on things outside of the tenant's schema.

import type { Reading } from "../text/reading.ts";
import type { Statement } from "../text/statement.ts";

/** https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY and its kin. */
const ALONE =
  /^(?:create (?:unique )?index concurrently|drop index concurrently|reindex\b.* concurrently|reindex (?:\( [^)]* \) )?schema|vacuum|alter table\b.* detach partition\b.* concurrently$)\b/;
const SESSION =
  /^set (?!local\b|transaction\b|constraints\b)|^(?:prepare|listen)\b|^declare\b.* with hold\b|\bset_config \(.* false \)|\bpg_(?:try_)?advisory_lock(?:_shared)? \(/;
const TEMPORARY = /^create (?:global |local )?temp(?:orary)? |\binto temp(?:orary)? /;
const EXTENSION = /^create extension (?:if not exists )?(?:"([^"]+)"|(\w+))/;
const LEFT_OUT = /^create schema (?:if not exists )?(?:"([^"]+)"|(\w+))$/;
const COMMENT = /^comment on (?:extension\b|schema "?public"? )/;

/** Finds the facts of a statement. Returns whether the rules for refused statements still apply to it. */
export function markStatement(statement: Statement, reading: Reading): boolean {
  const { shape, place } = statement;
  const { facts, scope } = reading;
  if (place === "stored") return true;
  if (SESSION.test(shape)) facts.leavesSessionState = true;
  if (TEMPORARY.test(shape) && !/ on commit drop\b/.test(shape)) facts.leavesSessionState = true;
  if (/^alter type\b.* add value\b/.test(shape)) facts.addsEnumValue = true;
  if (!scope.isShared) noteOutside(statement, reading);
  if (place === "do") {
    if (/^(?:commit|rollback)(?: work| transaction)?(?: and (?:no )?chain)?$/.test(shape)) {
      facts.commits = true;
    }
    if (!scope.isShared && EXTENSION.test(shape)) {
      reading.refuse(
        statement,
        "creates an extension in a block; write it as a command of its own",
      );
    }
    return true;
  }
  if (ALONE.test(shape)) facts.isAlone = true;
  if (scope.isShared) return true;
  const [, quoted, word] = EXTENSION.exec(shape) ?? [];
  const extension = quoted ?? word;
  if (extension !== undefined) {
    facts.extension = extension;
    const text = `extension "${extension}" is created for no tenant: a shared schema must have it`;
    reading.note(statement, "extension", text);
  }
  return !leaveOut(statement, reading);
}

/** What exists already, or belongs to a shared schema, is not made again. */
function leaveOut(statement: Statement, reading: Reading): boolean {
  const [, quoted, word] = LEFT_OUT.exec(statement.shape) ?? [];
  const schema = quoted ?? word;
  const isThere =
    schema === "public" || (schema !== undefined && reading.scope.sharedSchemas.includes(schema));
  if (!isThere && !COMMENT.test(statement.shape)) return false;
  reading.facts.isLeftOut = true;
  const why = isThere ? "the schema exists" : "it describes what all tenants share";
  reading.note(statement, "left out", `"${statement.title}" is left out: ${why}`);
  return true;
}

function noteOutside(statement: Statement, reading: Reading): void {
  const { shape } = statement;
  if (/^(?:grant|revoke)\b.* on |^alter default privileges\b/.test(shape)) {
    const text = `"${statement.title}" names roles, which all tenants share: they must exist`;
    reading.note(statement, "privilege", text);
  } else if (
    /^(?:create|alter) policy\b(?:(?! using | with check ).)* to (?!public\b)/.test(shape)
  ) {
    const text = `"${statement.title}" names roles: they must exist, and a tenant's requests have its own role`;
    reading.note(statement, "policy", text);
  } else if (/^alter publication\b/.test(shape)) {
    reading.note(statement, "publication", `"${statement.title}" changes what all tenants share`);
  }
}
