// Writes random SQL of several commands that PostgreSQL's grammar accepts, full of quotes, comments and bodies.

/** Returns a function that writes another text at each call. */
export function createWriter(random: () => number): () => string {
  const pick = <T>(list: readonly [T, ...T[]]): T =>
    list[Math.floor(random() * list.length)] ?? list[0];
  const choose = (list: readonly [() => string, ...(() => string)[]]): string => pick(list)();
  const several = (most: number, write: () => string, between: string): string =>
    Array.from({ length: 1 + Math.floor(random() * most) }, write).join(between);

  const scrap = (): string =>
    pick([
      ";",
      "--",
      "/*",
      "*/",
      '"',
      "a",
      "ü",
      "😀",
      "$x$ ",
      "\n",
      "begin",
      " ",
      "end;",
      "(",
      ")",
    ]);
  const inner = (): string => several(5, scrap, "");
  const noise = (): string => inner().replaceAll(/\*\/|\/\*/g, "");
  const gap = (): string =>
    pick([
      " ",
      " ",
      " ",
      "\n",
      "\t",
      "\r\n",
      ` /*${noise()}*/ `,
      ` /* /*${noise()}*/${noise()}*/ `,
    ]) + pick(["", "", "", `--${noise().replaceAll(/[\n\r]/g, "")}\n`]);
  const text = (): string =>
    choose([
      () => `'${inner()}'`,
      () => `'${inner()}''${inner()}'`,
      () => `E'${inner()}\\'${inner()}\\\\'`,
      () => `E'${inner()}'\n'${inner()}\\''`,
      () => `$$${inner()}$$`,
      () => `$tag$${inner()}$$${inner()}$tag$`,
      () => `U&'${inner()}'`,
    ]);
  const name = (): string =>
    pick(["t", "users", "a$b", "ünï", `"${noise().replaceAll('"', '""')}x"`, '"begin"', "atomic"]);
  const expression = (depth = 0): string => {
    const deeper = (): string => (depth > 2 ? "1" : expression(depth + 1));
    return choose([
      text,
      () => "1.5e-3",
      () => `${name()}${gap()}`,
      () => `(${deeper()}${gap()}+ -1)`,
      () => `case${gap()}when true then ${deeper()} else ${deeper()} end`,
      () => `${deeper()}::text`,
      () => `f(${deeper()},${gap()}b => ${deeper()})`,
      () => `(array[1,2])[1:2]`,
    ]);
  };
  const select = (): string =>
    `select${gap()}${expression()} as ${pick(["a", "b", name()])} from${gap()}${name()}`;
  const query = (): string =>
    choose([
      select,
      () => `insert into ${name()} values${gap()}(${expression()}, ${expression()})`,
      () => `delete from ${name()} where ${expression()} is null`,
    ]);
  const simple = (): string =>
    choose([
      query,
      query,
      () => `create table ${name()} (a int default ${expression()},${gap()}b text)`,
    ]);
  const command = (): string =>
    choose([
      simple,
      simple,
      simple,
      () => `do $do$${inner()}$do$`,
      () => `create function ${name()}() returns int language sql as${gap()}${text()}`,
      () =>
        `create function ${name()}() returns int language sql begin atomic ${several(3, simple, ";")}; end`,
      () => `create rule r as on insert to ${name()} do also (${several(3, query, ";")})`,
      () => "begin",
      () => "commit",
    ]);
  return () =>
    `${gap()}${several(4, command, `${gap()};${gap()}`)}${pick(["", ";", ";\n;", gap()])}`;
}
