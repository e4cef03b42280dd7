-- The tables of every tenant. Each migration runs in the schema of each tenant, in one transaction.
create table note (
  id integer generated always as identity primary key,
  text text not null check (text <> '')
);
