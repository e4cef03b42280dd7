// The table of codes, and the way from an SQLSTATE to a code.

import { expect } from "chai";
import { AppError, defineErrors, ERRORS, sqlState } from "../../src/errors.ts";
import { markRefusal, refusalState } from "../../src/database/refusal.ts";
import { toProblem } from "../../src/http/problem.ts";
import { toAppError } from "../../src/http/thrown.ts";

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const CODE_OF_STATE = [
  ["22003", "numeric_value_out_of_range", "VALUE_INVALID"],
  ["22P02", "invalid_text_representation", "VALUE_INVALID"],
  ["22001", "string_data_right_truncation", "VALUE_INVALID"],
  ["25006", "read_only_sql_transaction", "TENANT_READ_ONLY"],
  ["57014", "query_canceled", "STATEMENT_TIMEOUT"],
  ["55P03", "lock_not_available", "STATEMENT_TIMEOUT"],
  ["40001", "serialization_failure", "OVERLOADED"],
  ["40P01", "deadlock_detected", "OVERLOADED"],
  ["08006", "connection_failure", "DATABASE_UNAVAILABLE"],
  ["08P01", "protocol_violation", "DATABASE_UNAVAILABLE"],
  ["53300", "too_many_connections", "DATABASE_UNAVAILABLE"],
  ["53100", "disk_full", "DATABASE_UNAVAILABLE"],
  ["57P01", "admin_shutdown", "DATABASE_UNAVAILABLE"],
  ["57P02", "crash_shutdown", "DATABASE_UNAVAILABLE"],
  ["57P03", "cannot_connect_now", "DATABASE_UNAVAILABLE"],
  ["23505", "unique_violation", "INTERNAL"],
  ["42501", "insufficient_privilege", "INTERNAL"],
  ["42P01", "undefined_table", "INTERNAL"],
  ["25001", "active_sql_transaction", "INTERNAL"],
  ["40002", "transaction_integrity_constraint_violation", "INTERNAL"],
  ["55006", "object_in_use", "INTERNAL"],
  ["RH500", "a setting of the session is wrong", "INTERNAL"],
  ["XX000", "internal_error", "INTERNAL"],
] as const;

const PLANTED = "planted-value-77";

/** A database error full of values. */
function databaseError(code: unknown): Error {
  return Object.assign(new Error(`key (${PLANTED}) is there`), {
    code,
    detail: PLANTED,
    query: PLANTED,
    constraint_name: PLANTED,
  });
}

describe("ERRORS", () => {
  it("ERRORS has titles that begin with a capital letter and end without a full stop", () => {
    for (const { title } of Object.values(ERRORS)) expect(title).to.match(/^[A-Z].*[^.!?]$/);
  });
});

const own = defineErrors({
  NOTE_EMPTY: { status: 400, title: "The note is empty" },
  NOTE_LOCKED: { status: 409, title: "The note is locked" },
});

describe("defineErrors()", () => {
  it("defineErrors() gives definitions that AppError takes, told apart by their types", () => {
    const code: "NOTE_LOCKED" = own.NOTE_LOCKED.code;
    const error = new AppError(own.NOTE_LOCKED, "Cannot change note: it is locked");
    expect([error.code, error.status, code]).to.deep.equal(["NOTE_LOCKED", 409, "NOTE_LOCKED"]);
    expect(own).to.be.frozen;
    expect(own.NOTE_EMPTY).to.be.frozen;
  });

  for (const [what, kinds, problem] of [
    [
      "a code of the library",
      { INTERNAL: { status: 500, title: "A" } },
      "the library has this code",
    ],
    ["a code in small letters", { note: { status: 400, title: "A" } }, "in capital letters"],
    ["a status below 400", { NOTE: { status: 200, title: "A" } }, "its status 200"],
    ["a status above 599", { NOTE: { status: 600, title: "A" } }, "its status 600"],
    ["a status that is not whole", { NOTE: { status: 400.5, title: "A" } }, "its status 400.5"],
    ["an empty title", { NOTE: { status: 400, title: "" } }, "its title is empty"],
  ] as const) {
    it(`defineErrors() refuses ${what}`, () => {
      expect(() => defineErrors(kinds)).to.throw(TypeError, problem);
    });
  }

  it("AppError refuses a code that the library does not have", () => {
    expect(() => new AppError("NOTE_EMPTY" as "INTERNAL", "Cannot")).to.throw(
      TypeError,
      "defineErrors",
    );
  });
});

describe("toAppError()", () => {
  for (const [state, condition, code] of CODE_OF_STATE) {
    it(`toAppError() makes ${code} of ${state}, ${condition}`, () => {
      const error = databaseError(state);
      const judged = toAppError(error);
      expect(judged.code).to.equal(code);
      expect(judged.cause).to.equal(error);
    });

    it(`toAppError() says by the rule what ${state} means: action, colon, what is`, () => {
      expect(toAppError(databaseError(state)).message).to.match(/^Cannot [a-z ]+: .*[^.!?]$/);
    });
  }

  it("toAppError() makes INTERNAL with one fixed text of all that it does not know", () => {
    const thrown = [new Error(PLANTED), new TypeError(PLANTED), PLANTED, 42, null, undefined];
    const lookAlikes = [{ code: "22003" }, databaseError("E2BIG"), databaseError(22003)];
    const texts = [...thrown, ...lookAlikes, databaseError("ECONNRESET")].map((error) => {
      const judged = toAppError(error);
      expect(judged.code).to.equal("INTERNAL");
      expect(judged.cause).to.equal(error);
      return judged.message;
    });
    expect(new Set(texts)).to.have.property("size", 1);
  });

  it("toAppError() judges by the SQLSTATE alone, not by a message that reads like another", () => {
    const error = Object.assign(new Error("canceling statement due to statement timeout"), {
      code: "42501",
    });
    expect(toAppError(error).code).to.equal("INTERNAL");
  });

  it("toAppError() tells a role that the entry did not find from a value that is not acceptable", () => {
    const value = databaseError("22023");
    expect(toAppError(value).code).to.equal("VALUE_INVALID");
    const role = Object.assign(databaseError("22023"), { routine: "call_string_check_hook" });
    const judged = toAppError(role);
    expect([judged.code, judged.cause]).to.deep.equal(["OVERLOADED", role]);
  });

  it("toAppError() tells a commit that Citus lost from every other internal error", () => {
    const internal = (routine: string): AppError =>
      toAppError(Object.assign(databaseError("XX000"), { routine }));
    const lost = internal("ErrorIfPostCommitFailedShardPlacements");
    expect([lost.code, lost.status, lost.outcome]).to.deep.equal([
      "DATABASE_UNAVAILABLE",
      503,
      "unknown",
    ]);
    const other = internal("MarkRemoteTransactionFailed");
    expect([other.code, other.outcome]).to.deep.equal(["INTERNAL", undefined]);
  });

  it("toAppError() passes an AppError on as it is", () => {
    const error = new AppError("BODY_INVALID", "Cannot insert: a", {
      cause: databaseError("22003"),
    });
    expect(toAppError(error)).to.equal(error);
  });
});

describe("refusalState()", () => {
  it("toAppError() believes the states of an entry when the entry raised them, and never otherwise", () => {
    for (const [state, code] of [
      ["RH404", "TENANT_NOT_FOUND"],
      ["RH403", "TENANT_SUSPENDED"],
      ["RH301", "DATABASE_UNAVAILABLE"],
    ] as const) {
      const error = databaseError(state);
      expect([refusalState(error), toAppError(error).code]).to.deep.equal([undefined, "INTERNAL"]);
      markRefusal(error);
      expect([refusalState(error), toAppError(error).code]).to.deep.equal([state, code]);
    }
  });
});

describe("sqlState()", () => {
  it("sqlState() finds five digits and capital letters, and nothing else", () => {
    for (const code of ["23505", "RH404", "57P01", "XX000"]) {
      expect(sqlState(databaseError(code))).to.equal(code);
    }
    for (const code of ["EPIPE", "2350", "235055", "rh404", "2350 ", 23505, undefined, ["23505"]]) {
      expect(sqlState(databaseError(code))).to.equal(undefined);
    }
    for (const thrown of [{ code: "23505" }, "23505", null, undefined, new Error("23505")]) {
      expect(sqlState(thrown)).to.equal(undefined);
    }
  });
});

describe("toProblem()", () => {
  it("toProblem() has the members of RFC 9457, the code and the request's id", () => {
    const error = new AppError(own.NOTE_EMPTY, 'Cannot add note: "" is empty');
    expect(toProblem(error, "id-1")).to.deep.equal({
      type: "urn:rowhouse:error:NOTE_EMPTY",
      title: "The note is empty",
      status: 400,
      detail: 'Cannot add note: "" is empty',
      code: "NOTE_EMPTY",
      requestId: "id-1",
    });
  });

  it("toProblem() holds nothing of the database's error, whatever its SQLSTATE", () => {
    for (const [state] of CODE_OF_STATE) {
      const problem = toProblem(toAppError(databaseError(state)), "id-1");
      expect(JSON.stringify(problem)).to.not.include(PLANTED).and.not.include(state);
    }
    const unknown = toProblem(toAppError(new Error(PLANTED)), "id-1");
    expect(JSON.stringify(unknown)).to.not.include(PLANTED);
  });

  it("toProblem() holds nothing of an AppError's cause, headers or outcome", () => {
    const error = new AppError("DATABASE_UNAVAILABLE", "Cannot finish: a", {
      cause: databaseError("57P01"),
      outcome: "unknown",
      headers: { planted: PLANTED },
    });
    expect(error.outcome).to.equal("unknown");
    expect(error.headers).to.deep.equal({ planted: PLANTED });
    expect(JSON.stringify(toProblem(error, "id-1"))).to.not.include(PLANTED);
  });
});
