// What a statement may not do, whoever wrote it and whatever its values are: begin a second statement,
// end the transaction, leave the tenant, or name what undoes the tenant's settings.

import { expect } from "chai";
import fc from "fast-check";
import { compile, identifier, json, TemplateError } from "../../../src/sql/statement.ts";
import { anyLetter } from "../../support/sql/any-letter.ts";

const sql = (strings: TemplateStringsArray, ...values: readonly unknown[]): string =>
  compile(strings, values).text;

/** Compiles a text without placeholders as if it stood in a template. */
function compileText(text: string): string {
  return compile(Object.freeze(Object.assign([text], { raw: Object.freeze([text]) })), []).text;
}

describe("a second statement", () => {
  for (const text of [
    "select 1;",
    "select 1; select 2",
    ";select 1",
    "select (';');",
    "select 1 --\n;",
    "select 1 --\r;",
    "select 1 /**/;",
    "select 1 /* /* */ */;",
    "select $a$$a$;",
    "select a$$;$$",
    "select E'\\\\';",
    "select 'a''';",
  ]) {
    it(`compile() refuses it: ${JSON.stringify(text)}`, () => {
      expect(() => compileText(text)).to.throw(TemplateError, "second statement");
    });
  }

  it("compile() accepts a semicolon that is text, a name or a comment", () => {
    const text = `select ';', E'\\';', "a;", $$;$$, $a$;$a$ -- ;\n /* ; /* ; */ ; */`;
    expect(compileText(text)).to.equal(`${text}\n`);
  });

  it("compile() lets a comment at the end swallow nothing that follows", () => {
    expect(sql`select ${1} -- the last thing`).to.equal("select (1) -- the last thing\n");
  });
});

describe("the first word", () => {
  const refused =
    "commit,rollback,abort,end,begin,start transaction,savepoint a,release a,set role none," +
    "set search_path to a,set session authorization a,reset role,reset all,do $$ $$,call a(),copy a to stdout," +
    "create table a (),create temp table a (),drop table a,alter table a,comment on table a is 'b',listen a," +
    "unlisten *,notify a,prepare a as select 1,execute a,deallocate all,explain select 1,explain analyze delete from a," +
    "lock table a,truncate a,vacuum,analyze,cluster a,reindex table a,grant a to b,revoke a from b,discard all," +
    "declare a cursor for select 1,fetch a,move a,close a,load 'a',checkpoint,security label on table a is 'b'," +
    "refresh materialized view a,reassign owned by a to b,show all,import foreign schema a,selects,selec,with_,tables," +
    "'select','',1,\"select\" 1,\"select\",$$select$$,;,. select,é";
  for (const text of [
    "",
    " ",
    "\n",
    "-- select 1",
    "/* select 1 */",
    "(",
    "((",
    ...refused.split(","),
  ]) {
    it(`compile() refuses ${JSON.stringify(text)}`, () => {
      expect(() => compileText(text)).to.throw(TemplateError, "Cannot read statement: ");
    });
  }

  it("compile() refuses a value or a name as the first thing", () => {
    expect(() => sql`${"select"} 1`).to.throw(TemplateError, "must begin with");
    expect(() => sql`${identifier("select")} 1`).to.throw(TemplateError, "must begin with");
    expect(() => sql`(${1})`).to.throw(TemplateError, "must begin with");
  });

  it("compile() refuses commit behind brackets and comments", () => {
    expect(
      () => sql`/* select */ -- select
      (commit)`,
    ).to.throw(TemplateError, 'begins with "commit"');
  });

  for (const text of [
    "select 1",
    "insert into a values (1) returning b",
    "update a set b = 1 returning b",
    "delete from a returning b",
    "merge into a using b on true when matched then delete returning c",
    "with a as (select 1) select 1",
    "values (1)",
    "table a",
  ]) {
    it(`compile() accepts ${text}`, () => {
      const mixed = text.replace(/^\w+/, (word) => word.charAt(0) + word.slice(1).toUpperCase());
      for (const form of [text, text.toUpperCase(), mixed, `\n\t/* a */ -- b\n ${text}`]) {
        expect(compileText(form)).to.equal(`${form}\n`);
      }
    });
  }

  it("compile() accepts brackets before the first word", () => {
    for (const text of ["(select 1)", "((select 1) union (select 2))", "( /* a */ table a)"]) {
      expect(compileText(text)).to.equal(`${text}\n`);
    }
  });
});

describe("a forbidden name", () => {
  const names =
    "set_config query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml " +
    "cursor_to_xmlschema ts_stat ts_rewrite setseed pg_advisory_lock pg_advisory_lock_shared pg_try_advisory_lock " +
    "pg_try_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_shared pg_advisory_unlock_all enter_tenant " +
    "enter_schema enter_shared resolve_host resolve_schema " +
    "run_command_on_workers citus_run_local_command master_run_on_worker";
  for (const name of names.split(" ")) {
    it(`compile() refuses ${name} in every spelling`, () => {
      for (const form of [
        name,
        name.toUpperCase(),
        `"${name}"`,
        `pg_catalog.${name}`,
        `pg_catalog . /**/ "${name}"`,
      ]) {
        const text = `select ${form}('a')`;
        const refused = `"${name}(…)" is not accepted`;
        expect(() => compileText(text), text).to.throw(
          TemplateError,
          new RegExp(refused.replace(/[()]/g, "\\$&"), "i"),
        );
      }
    });

    it(`compile() accepts a column that is called ${name}`, () => {
      for (const text of [
        `select ${name}, a.${name}, "${name}" as ${name} from t as a where ${name} = 1`,
        `update t set ${name} = 1 returning "${name}"`,
      ]) {
        expect(compileText(text)).to.equal(`${text}\n`);
      }
    });
  }

  it("compile() refuses the call of a forbidden name by a value's parentheses, or by a name that was put in", () => {
    expect(() => sql`select set_config${["a"]}`).to.throw(TemplateError, "set_config");
    expect(() => sql`select ${identifier("set_config")}('role', 'none', false)`).to.throw(
      TemplateError,
    );
    expect(() => sql`select ${identifier("SET_CONFIG")} /* a */ ('role')`).to.throw(TemplateError);
    expect(() => sql`select ${identifier("dblink")}${"a"}`).to.throw(TemplateError, "dblink");
    expect(sql`select ${identifier("dblink")}, ${identifier("lo_shop")} from t`).to.be.ok;
    expect(sql`insert into ${identifier("lo_shop")} (lo_price) values (1) returning lo_price`).to.be
      .ok;
  });

  it("compile() refuses pg_settings, through which settings are changed, wherever it stands", () => {
    for (const form of ["pg_settings", "PG_SETTINGS", '"pg_settings"', "pg_catalog.pg_settings"]) {
      expect(() => compileText(`table ${form}`), form).to.throw(TemplateError, "is not accepted");
    }
  });

  it("compile() refuses names with Unicode escapes, which hide a name", () => {
    for (const text of [
      String.raw`select U&"set\005fconfig"('a')`,
      String.raw`select u&"s!0065t_config" uescape '!'`,
      `select 1 as U&"a"`,
    ]) {
      expect(() => compileText(text), text).to.throw(TemplateError, "Unicode escapes");
    }
  });

  it("compile() accepts names that only look alike, and the locks that end with the message", () => {
    for (const text of [
      "select pg_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(1)",
      "select my_set_config, set_config_, set_configs, current_setting('a') from pg_settings_",
      "select 'set_config', $$pg_settings$$, E'pg_settings' -- set_config",
      `select u & "a" from b`,
    ]) {
      expect(compileText(text)).to.equal(`${text}\n`);
    }
  });
});

describe("what is no template", () => {
  it("compile() refuses to create a table from a query, at any depth", () => {
    expect(() => sql`select 1 as a into b`).to.throw(TemplateError, '"into"');
    expect(() => sql`(select 1 as a into b)`).to.throw(TemplateError, '"into"');
    expect(() => sql`with c as (select 1 as a into b) select 1`).to.throw(TemplateError, '"into"');
    for (const text of [
      "select insert into t from (select 1 as insert) x",
      "select (1) insert into t from x",
      "select merge into t from (select 1 as merge) x",
      "with insert as (select 1 as a) select insert into t from insert",
      "with a as (select 1) select (1) insert into t",
      "values (1) union select insert into t from x",
    ]) {
      expect(() => compileText(text), text).to.throw(TemplateError, '"into"');
    }
    expect(sql`with c as (insert into b values (1) returning a) select a as into from c`).to.be.ok;
  });

  it("compile() refuses large objects, which lie outside every schema", () => {
    expect(() => sql`select lo_from_bytea(0, 'a')`).to.throw(TemplateError, "lo_from_bytea");
    expect(sql`select lo_price, "lo_x" from lo_shop where lo_import = 1`).to.be.ok;
    expect(() => sql`select pg_catalog."lo_create"(0)`).to.throw(TemplateError, "lo_create");
  });

  it("compile() refuses an array and an array with raw, which text could be put into", () => {
    const plain = ["select 1"];
    const withRaw = Object.assign(["select 1"], { raw: ["select 1"] });
    for (const strings of [
      plain,
      withRaw,
      Object.freeze(["select 1"]),
      { raw: plain },
      "select 1",
    ]) {
      expect(() => compile(strings as unknown as TemplateStringsArray, [])).to.throw(
        TemplateError,
        "write it as a tagged template",
      );
    }
  });

  it("compile() refuses more or fewer values than the template has placeholders", () => {
    const template = (strings: TemplateStringsArray, ..._values: unknown[]) => strings;
    const strings = template`delete from a where b = ${1} returning b`;
    expect(compile(strings, [1]).text).to.equal("delete from a where b = (1) returning b\n");
    expect(() => compile(strings, [])).to.throw();
    expect(() => compile(strings, [1, 2])).to.throw();
  });
});

describe("a value", () => {
  it("compile() puts each value between the pieces it stands between", () => {
    expect(sql`select ${1}, ${"a"}, ${null} from ${identifier("b")}`).to.equal(
      `select (1), ('a'), (null) from  "b" \n`,
    );
  });

  it("compile() joins no value to its neighbours", () => {
    expect(sql`select 1-${-1}`).to.equal("select 1-(-1)\n");
    expect(sql`select E${"a"}`).to.equal("select E('a')\n");
    expect(sql`select 'a'\n${"b"}`).to.equal("select 'a'\n('b')\n");
    expect(sql`select 1${2}3`).to.equal("select 1(2)3\n");
    expect(sql`select ${"a"}${"b"}`).to.equal("select ('a')('b')\n");
  });

  it("compile() reads no template in a value: text with placeholders and quotes stays text", () => {
    expect(sql`select ${"$1 ${2} '; drop table a; --"}`).to.equal(
      "select ('$1 ${2} ''; drop table a; --')\n",
    );
  });

  it("compile() names the value that cannot be written", () => {
    expect(() => sql`select ${1}, ${undefined}`).to.throw(TypeError, "Cannot write value 2");
  });

  it("compile() writes every text so that its quotes close at the last bracket", () => {
    const part = fc.constantFrom(
      "'",
      "\\",
      "\\'",
      "''",
      ")",
      ";",
      "--",
      "/*",
      "$$",
      '"',
      "\n",
      "E'",
    );
    const hostile = fc.oneof(
      fc.array(part).map((parts) => parts.join("")),
      fc.string({ unit: anyLetter }),
    );
    const wellFormed = hostile.filter((text) => text.isWellFormed() && !text.includes("\0"));
    const closed = /^select \((?:'(?:[^'\\]|'')*'|E'(?:[^'\\]|''|\\\\)*')\) as a\n$/;
    fc.assert(
      fc.property(wellFormed, (text) =>
        [text, [text], json(text)].every((value) => closed.test(sql`select ${value} as a`)),
      ),
      { numRuns: 2000 },
    );
  });
});
