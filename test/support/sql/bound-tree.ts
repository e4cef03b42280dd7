// The judge of SQL with parameters: PostgreSQL's own parser reads the compiled text as the bound statement, with constants
// in place of the parameters.

import { expect } from "chai";
import { parseSync } from "libpg-query";
import { compileText, TemplateError } from "../../../src/sql/statement.ts";

interface Tree {
  readonly [key: string]: unknown;
}

/** The statements of a text without their places; undefined when it is not SQL. */
function parse(sql: string): readonly Tree[] | undefined {
  try {
    return (
      (parseSync(sql) as { stmts?: readonly { stmt: Tree }[] }).stmts?.map(({ stmt }) => stmt) ?? []
    );
  } catch {
    return undefined;
  }
}

const PLACE = /location$|^(?:rexpr_)?list_(?:start|end)$/;

/** A tree without places. */
function normalise(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(normalise);
  if (typeof tree !== "object" || tree === null) return tree;
  const entries = Object.entries(tree)
    .filter(([key]) => !PLACE.test(key))
    .map(([key, item]) => [key, normalise(item)] as const);
  return Object.fromEntries(entries);
}

/** Whether a parameter follows its type, as in `date $1`: the judge takes it, PostgreSQL does not. */
function hasTypedParameter(tree: unknown): boolean {
  if (typeof tree !== "object" || tree === null) return false;
  const { arg, typeName } = (Reflect.get(tree, "TypeCast") ?? {}) as {
    readonly arg?: { readonly ParamRef?: { readonly location?: number } };
    readonly typeName?: { readonly location?: number };
  };
  const at = arg?.ParamRef?.location ?? 0;
  return (typeName?.location ?? Infinity) < at || Object.values(tree).some(hasTypedParameter);
}

/** Replaces each ParamRef by the constant that its value is. */
function bind(tree: unknown, constants: readonly unknown[]): unknown {
  if (Array.isArray(tree)) return tree.map((item) => bind(item, constants));
  if (typeof tree !== "object" || tree === null) return tree;
  const parameter = (tree as Tree)["ParamRef"] as { number: number } | undefined;
  if (parameter !== undefined) return constants[parameter.number - 1];
  return Object.fromEntries(
    Object.entries(tree).map(([key, item]) => [key, bind(item, constants)]),
  );
}

/** The constant that PostgreSQL reads for a value alone. */
export function constantOf(given: unknown): unknown {
  const [statement] = parse(compileText("select $1", [given]).text) ?? [];
  const target = normalise(statement) as {
    SelectStmt: { targetList: [{ ResTarget: { val: unknown } }] };
  };
  return target.SelectStmt.targetList[0].ResTarget.val;
}

const KINDS = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/**
 * Compiles a text, and compares its tree with that of the bound statement. `loadModule` of libpg-query comes first.
 * @returns "refused"; "accepted" when only the number and the kind of its statements could be judged, because the bound
 *   text is not SQL; or "equal"
 * @throws {Error} when PostgreSQL reads it otherwise
 */
export function judgeQuery(
  sql: string,
  values: readonly unknown[],
): "refused" | "accepted" | "equal" {
  let compiled: string;
  try {
    compiled = compileText(sql, values).text;
  } catch (error) {
    if (error instanceof TemplateError) return "refused";
    throw error;
  }
  const [own, bound] = [parse(compiled), parse(sql)];
  if (own !== undefined) {
    expect(own, compiled).to.have.length(1);
    expect(KINDS.has(Object.keys(own[0] ?? {})[0] ?? ""), compiled).to.equal(true);
  }
  if (bound === undefined || hasTypedParameter(bound)) return "accepted";
  expect(normalise(own), compiled).to.deep.equal(bind(normalise(bound), values.map(constantOf)));
  return "equal";
}
