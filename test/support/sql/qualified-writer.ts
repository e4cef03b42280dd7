// Writes random commands with qualifiers, each with what it must be for a tenant. PostgreSQL's grammar accepts both.

/** A command as written for `public`, and as it runs for a tenant. */
export interface QualifiedPair {
  readonly source: string;
  readonly expected: string;
}

/** Stand where the source has `public.`: it becomes the tenant's schema, or it is dropped. */
const KEPT = "\u0001";
const DROPPED = "\u0002";
/** Stands where the source has 'public' as the name of a schema. */
const TEXT = "\u0003";
/** The same in a text in single quotes. */
const DOUBLED_TEXT = "\u0004";

/**
 * Returns a function that writes another pair at each call.
 * @param schemaName the tenant's schema
 */
export function createQualifiedWriter(
  random: () => number,
  schemaName: string,
): () => QualifiedPair {
  const pick = <T>(list: readonly [T, ...T[]]): T =>
    list[Math.floor(random() * list.length)] ?? list[0];
  type Writers = readonly [() => string, ...(() => string)[]];
  const choose = (list: Writers): string => pick(list)();

  /** Decoys: none of it is code. */
  const noise = (): string =>
    pick(["", " ", " /* public.a */ ", " -- public.b; '\n", ' /* /* "public".c */ public.d */ ']);
  const value = (): string =>
    pick([
      "'public.a'",
      "$$public.a;$$",
      "$x$ \"public\".a 'public' $x$",
      "E'\\'public.a'",
      "'public'",
      "'it''s public.b'",
      "1.5",
      "null",
    ]);
  const name = (): string => pick(["users", '"Users"', "a$b", '"public"', '"x.y"', "ünï"]);
  const kept = (): string => `${KEPT}${name()}`;
  const dropped = (): string => `${DROPPED}${name()}`;
  const query = (table: () => string): string =>
    `select${noise()} u.a, ${value()}, ${table()}(u.b, ${value()}) from ${table()} u${noise()} join ${table()} using (a) ` +
    `where u.c::${table()} = ${value()} and ${choose([
      () => `n.nspname = ${TEXT}`,
      () => `${TEXT} = c.table_schema`,
      () => `schemaname in ('a', ${TEXT})`,
      () => `visibility = 'public'`,
      () => "true",
    ])}`;
  const change = (table: () => string): string =>
    choose([
      () => `insert into ${table()} values (${value()}, ${value()})`,
      () => `update ${table()} set a = ${value()} where b = ${value()}`,
      () => `delete from ${table()} using ${table()} x where ${noise()} true`,
      () => query(table),
    ]);
  const plpgsql = (table: () => string): string =>
    `declare${noise()} r ${table()}%rowtype; begin ${change(table)}; if exists (${query(table)}) then ` +
    `raise notice 'public.a'; ${change(table)}; end if;${noise()} perform ${table()}(${value()}); end`;
  const quoted = (body: string): string =>
    `'${body.replaceAll("'", "''").replaceAll(TEXT, DOUBLED_TEXT)}'`;
  const body = (text: string): string =>
    choose([
      () => `$body$${text}$body$`,
      () => `$$${text.replaceAll("$$", "$z$")}$$`,
      () => quoted(text),
    ]);

  const command = (): string =>
    choose([
      () => change(kept),
      () => query(kept),
      () =>
        `create table ${kept()} (a ${kept()} default ${value()}, b int references ${kept()} (a))`,
      () => `alter table only${noise()} ${kept()} add constraint c check (a <> ${value()})`,
      () => `create index on ${kept()} (a) where b = ${value()}`,
      () => `create view ${kept()} as ${query(kept)}`,
      () => `drop table if exists ${kept()},${noise()} ${kept()}`,
      () => `create trigger t after insert on ${kept()} for each row execute function ${kept()}()`,
      () => `comment on table ${kept()} is 'public.a'`,
      () => `grant select on ${kept()} to public`,
      () => `do ${body(plpgsql(kept))}`,
      () => `do language plpgsql ${body(plpgsql(kept))}`,
      () =>
        `create function ${kept()}(a ${kept()}) returns setof ${kept()} language sql as ${body(query(dropped))}`,
      () => `create or replace procedure ${kept()}() as ${body(plpgsql(dropped))} language plpgsql`,
      () =>
        `create function ${kept()}() returns ${kept()} language sql begin atomic ${query(kept)}; ${query(kept)}; end`,
    ]);
  return () => {
    const text = command();
    const source = text
      .replaceAll(DROPPED, KEPT)
      .replaceAll(KEPT, () => pick(["public.", '"public".', "PUBLIC.", "public ."]))
      .replaceAll(TEXT, "'public'")
      .replaceAll(DOUBLED_TEXT, "''public''");
    return { source, expected: render(text, schemaName) };
  };
}

function render(text: string, schemaName: string): string {
  return text
    .replaceAll(KEPT, `"${schemaName}".`)
    .replaceAll(DROPPED, "")
    .replaceAll(DOUBLED_TEXT, TEXT)
    .replaceAll(TEXT, "current_schema()");
}
