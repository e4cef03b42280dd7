// A migration of our own between files in SQL.

export const up = async ({ schema, sql }) => {
  await sql(`alter table "${schema}".orders add column refund numeric(12, 2)`);
  await sql(
    "alter table orders add constraint refunded check (refund is null or state = 'refunded')",
  );
};

export const down = ({ sql }) => sql("alter table orders drop column refund");
