// Fixed texts and texts with parameters at random. Whatever the lexer accepts, PostgreSQL must read as one statement of the kinds that
// are allowed, and nothing in it may call what no statement may use. PostgreSQL says so itself: its Parse
// message refuses two statements, and in this database nobody may execute what is forbidden.

import pg from "pg";
import { isForbiddenCall, isForbiddenName } from "../../../src/sql/forbidden.ts";
import { compile, compileText, identifier, TemplateError } from "../../../src/sql/statement.ts";
import { runCommands } from "../../support/server/commands.ts";
import { SERVICE_ROLE } from "../../support/server/server.ts";
import { createDice, type Dice } from "../dice.ts";
import type { SqlStage } from "./stage.ts";

const STARTS = [
  ..."select|select|select 1|select 1,|select (|(select|values (|table data|with|SELECT|/*a*/select|--a\nselect".split(
    "|",
  ),
  ..."with a as (|insert into data values (1,1)|update data set|delete from data|merge into data using|select$$a$$".split(
    "|",
  ),
];
const TOKENS = [
  ..."' '' \\ \" \"\" ; , ( ) (( )) [ ] : :: . .. * + - -- /* */ /**/ /*/ $ $$ $a$ $A$ $1 $é$ & | ! @ # ? ~".split(
    " ",
  ),
  ..."E' e' U&' u&' U&\" u& N' B' X' E E'\\' 'a' 'a\\' \"a\" a é 𝒳 a$$ a$b ſ 1 1. .5 1e5 1e 1e+ 0x1 0b1 1_0 1a 1$$".split(
    " ",
  ),
  ..."\n|\r|\r\n|\t|\v|\f|\u0085|\u00a0|\u2028|\ufeff|--\n|--\r|/*\n*/|--'\n|/*'*/|/*$$*/|'\n'|'\r'|'--\n'".split(
    "|",
  ),
  ..."select|commit|rollback|begin|set|reset|set role none|set search_path to a|into|into a|as|from data|from|where".split(
    "|",
  ),
  ..."returning|returning 1|returning *|union|all|limit 1|for update|values|table|uescape '!'|null|true|key|value|do".split(
    "|",
  ),
  ..."; commit|;select 1|; reset role;--|'; select 2; --|$$; select 2; $$|*/; select 2; /*|\\'; select 2; --".split(
    "|",
  ),
  ..."set_config('role','none',false)|\"set_config\"('role','none',false)|SET_CONFIG('a.b','c',true)|pg_catalog.set_config".split(
    "|",
  ),
  ...[
    "from pg_settings",
    "U&\"set\\005fconfig\"('role','none',false)",
    "pg_catalog . \"set_config\" ('role','none',false)",
    "pg_advisory_lock(1)",
    "PG_TRY_ADVISORY_LOCK(1)",
    "lo_create(0)",
    "query_to_xml('select 1',true,true,'')",
    "set/**/_config('role','none',false)",
    '"set_config"""(\'role\')',
    "rowhouse.enter_tenant('{other.example.com}')",
    "from rowhouse.tenant",
    "from other.data",
    "from pg_catalog.pg_settings",
    "from pg_file_settings",
    ", current_setting('role')",
  ],
];
const VALUES = ["a", "'", "\\", "\\'; select 2; --", -1, 1, null, true, [1, "'"], 0.5];
const KINDS = new Set(["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"]);
const STATE_EVERY = 500;
const STATE = `select concat_ws(' ', current_user, session_user, current_setting('search_path'),
  current_setting('default_transaction_read_only'), current_setting('standard_conforming_strings'),
  (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())) as state`;

/** What {@link fuzzLexer} did. */
export interface LexerFigures {
  readonly texts: number;
  readonly accepted: number;
  /** How many of the accepted ones PostgreSQL ran to their end. */
  readonly ran: number;
}

/**
 * Makes `texts` texts, half of them for `tenant.query`, and lets PostgreSQL judge those that are accepted.
 * @throws {Error} for the first finding, with the seed
 */
export async function fuzzLexer(
  stage: SqlStage,
  seed: number,
  texts: number,
): Promise<LexerFigures> {
  await forbid(stage.adminUrl);
  const dice = createDice(seed);
  const client = new pg.Client(stage.serviceUrl);
  await client.connect();
  let [accepted, ran] = [0, 0];
  const state = async (): Promise<unknown> => (await client.query(STATE)).rows[0];
  const fail = (what: string, text: string): never => {
    throw new Error(`Found with --seed ${seed}: ${what}: ${JSON.stringify(text)}`);
  };
  try {
    await client.query("set default_transaction_read_only to on");
    await client.query("set statement_timeout to 1000");
    await client.query("set search_path to acme");
    const before = JSON.stringify(await state());
    const fingerprint = await stage.fingerprint();
    let since: string[] = [];
    for (let made = 0; made < texts; made += 1) {
      const text = write(dice);
      if (text === undefined) continue;
      accepted += 1;
      since.push(text);
      try {
        const query = { text, queryMode: "extended", rowMode: "array" } as pg.QueryArrayConfig;
        const { command } = await client.query(query);
        if (!KINDS.has(command)) fail(`it is a ${command}`, text);
        ran += 1;
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        const problem = judge(error);
        if (problem !== undefined) fail(problem, text);
      }
      if (since.length < STATE_EVERY) continue;
      if (JSON.stringify(await state()) !== before)
        fail("the session was changed", since.join("\n"));
      since = [];
    }
    if (JSON.stringify(await state()) !== before) fail("the session was changed", since.join("\n"));
    if ((await stage.fingerprint()) !== fingerprint) fail("something was changed", "");
  } finally {
    await client.end();
  }
  return { texts, accepted, ran };
}

/** A text with its values; undefined when the lexer refuses it. */
function write(dice: Dice): string | undefined {
  const isQuery = dice.below(2) === 0;
  const pieces = [dice.pick(STARTS)];
  const values: unknown[] = [];
  for (const token of dice.some(9, () => dice.pick(TOKENS))) {
    if (dice.below(7) === 0) {
      values.push(
        !isQuery && dice.below(4) === 0
          ? identifier(dice.pick(["a", '"', "a.b"]))
          : dice.pick(VALUES),
      );
      pieces.push("");
    }
    pieces[pieces.length - 1] += dice.pick(["", "", " "]) + token;
  }
  try {
    if (isQuery) {
      const text = pieces.map((piece, at) => (at === 0 ? piece : `$${at}${piece}`)).join("");
      return compileText(text, values).text;
    }
    const strings = Object.freeze(Object.assign(pieces, { raw: Object.freeze([...pieces]) }));
    return compile(strings, values).text;
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** What PostgreSQL has against an accepted text; undefined for an error that any statement may have. */
export function judge(error: pg.DatabaseError): string | undefined {
  if (error.routine === "exec_parse_message") return "it is several statements";
  if (error.code === "25006" && / (?:SELECT INTO|CREATE \w+)/.test(error.message)) {
    return "it creates a table";
  }
  const called = /^permission denied for (?:function|view) (\w+)/.exec(error.message)?.[1];
  if (called !== undefined && (isForbiddenCall(called) || isForbiddenName(called)))
    return `it calls ${called}`;
  return error.code?.startsWith("25") && error.code !== "25006" ? error.message : undefined;
}

/** Takes from everybody what the lexer refuses: whoever gets past it meets PostgreSQL. */
async function forbid(adminUrl: string): Promise<void> {
  const functions = await runCommands<{ oid: string; name: string }>(adminUrl, [
    "select oid::regprocedure::text as oid, proname as name from pg_proc",
  ]);
  const forbidden = functions.filter(({ name }) => isForbiddenCall(name));
  await runCommands(adminUrl, [
    "revoke select on pg_settings from public",
    "grant usage on schema acme, other to public",
    "grant select, insert, update, delete on acme.data to public",
    ...forbidden.map(({ oid }) => `revoke execute on function ${oid} from public, ${SERVICE_ROLE}`),
  ]);
}
