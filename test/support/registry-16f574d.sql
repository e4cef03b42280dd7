CREATE SCHEMA first;
CREATE SCHEMA rowhouse;
CREATE SCHEMA second;
CREATE FUNCTION rowhouse.enter_tenant(hosts text[]) RETURNS text
    LANGUAGE plpgsql
    AS $$
  declare
    entry pg_catalog.text[];
    entered_schema pg_catalog.text;
    ignored pg_catalog.text;
  begin
    if pg_catalog.current_setting('role') operator(pg_catalog.<>) 'none'
      or pg_catalog.current_setting('standard_conforming_strings') operator(pg_catalog.<>) 'on'
      or pg_catalog.current_setting('client_encoding') operator(pg_catalog.<>) 'UTF8'
      or pg_catalog.current_setting('transaction_read_only') operator(pg_catalog.<>) 'off'
      or pg_catalog.current_setting('bytea_output') operator(pg_catalog.<>) 'hex'
      or pg_catalog.current_setting('DateStyle') operator(pg_catalog.!~~) 'ISO%'
    then
      if pg_catalog.current_setting('role') operator(pg_catalog.<>) 'none' then
        raise exception using errcode = '42501', message = 'a tenant is entered already';
      end if;
      if pg_catalog.current_setting('standard_conforming_strings') operator(pg_catalog.<>) 'on'
        or pg_catalog.current_setting('client_encoding') operator(pg_catalog.<>) 'UTF8'
      then
        raise exception using errcode = 'RH500',
          message = 'standard_conforming_strings must be on and client_encoding UTF8';
      end if;
      if pg_catalog.current_setting('transaction_read_only') operator(pg_catalog.=) 'on' then
        perform rowhouse.reset_read_only();
      end if;
      ignored := pg_catalog.set_config('bytea_output', 'hex', true)
        operator(pg_catalog.||) pg_catalog.set_config('DateStyle', 'ISO', true);
    end if;
    entry := rowhouse.resolve_host(hosts);
    entered_schema := entry[1];
    if entered_schema is null then
      raise exception using errcode = 'RH404', message = 'no tenant has this host';
    end if;
    if entry[3] operator(pg_catalog.<>) 'active' then
      if entry[3] operator(pg_catalog.<>) 'read_only' then
        raise exception using errcode = 'RH403', message = 'the tenant is suspended';
      end if;
      ignored := pg_catalog.set_config('transaction_read_only', 'on', true);
    end if;
    ignored := pg_catalog.set_config('statement_timeout', entry[4], true)
      operator(pg_catalog.||) pg_catalog.set_config('search_path',
        '"' operator(pg_catalog.||) entered_schema operator(pg_catalog.||) '", pg_temp', true)
      operator(pg_catalog.||) pg_catalog.set_config('role', entry[2], true);
    return entered_schema;
  end
  $$;
CREATE FUNCTION rowhouse.reset_read_only() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  begin
    if exists (
      select from pg_settings where name = 'default_transaction_read_only' and source = 'session'
    ) then
      reset default_transaction_read_only;
    end if;
  end
  $$;
CREATE FUNCTION rowhouse.resolve_host(hosts text[]) RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  declare
    candidate text;
    found_entry text[];
  begin
    foreach candidate in array hosts loop
      select d.entry into found_entry from rowhouse.domain as d where d.host = candidate;
      if found then
        return found_entry;
      end if;
    end loop;
    return null;
  end
  $$;
CREATE TABLE first.note (
    id integer NOT NULL,
    text text
);
CREATE TABLE rowhouse.domain (
    host text NOT NULL,
    schema_name text NOT NULL,
    role_name text NOT NULL,
    status text NOT NULL,
    statement_timeout_ms integer NOT NULL,
    entry text[] GENERATED ALWAYS AS (ARRAY[schema_name, role_name, status, (statement_timeout_ms)::text]) STORED NOT NULL
);
CREATE TABLE rowhouse.installation (
    only_row boolean DEFAULT true NOT NULL,
    service_role text NOT NULL,
    tenant_roles boolean NOT NULL,
    CONSTRAINT installation_only_row_check CHECK (only_row)
);
CREATE TABLE rowhouse.migration_run (
    id bigint NOT NULL,
    run_id uuid NOT NULL,
    schema_name text NOT NULL,
    from_version integer NOT NULL,
    to_version integer NOT NULL,
    outcome text NOT NULL,
    ms integer NOT NULL,
    sqlstate text,
    message text,
    finished_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT migration_run_outcome_check CHECK ((outcome = ANY (ARRAY['migrated'::text, 'failed'::text])))
);
ALTER TABLE rowhouse.migration_run ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME rowhouse.migration_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE rowhouse.registry_migration (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE rowhouse.tenant (
    schema_name text NOT NULL,
    role_name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    version integer DEFAULT 0 NOT NULL,
    statement_timeout_ms integer DEFAULT 10000 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    transition text,
    peer text,
    transfer_id uuid,
    status_before text,
    backup text,
    CONSTRAINT tenant_schema_name_check CHECK ((schema_name ~ '^[a-z_][a-z0-9_]{0,47}$'::text)),
    CONSTRAINT tenant_statement_timeout_ms_check CHECK (((statement_timeout_ms >= 1) AND (statement_timeout_ms <= 86400000))),
    CONSTRAINT tenant_status_before_check CHECK ((status_before = ANY (ARRAY['active'::text, 'read_only'::text, 'suspended'::text]))),
    CONSTRAINT tenant_status_check CHECK ((status = ANY (ARRAY['active'::text, 'read_only'::text, 'suspended'::text]))),
    CONSTRAINT tenant_transition_check CHECK ((transition = ANY (ARRAY['dropping'::text, 'moving'::text, 'moved'::text, 'arriving'::text]))),
    CONSTRAINT tenant_version_check CHECK ((version >= 0))
);
CREATE TABLE second.note (
    id integer NOT NULL,
    text text
);
INSERT INTO rowhouse.domain VALUES ('first.example.com', 'first', 'rh_16384_first', 'active', 10000, DEFAULT);
INSERT INTO rowhouse.domain VALUES ('second.example.com', 'second', 'rh_16384_second', 'active', 10000, DEFAULT);
INSERT INTO rowhouse.installation VALUES (true, 'rowhouse_service', true);
INSERT INTO rowhouse.migration_run OVERRIDING SYSTEM VALUE VALUES (1, 'b95a4460-1a90-4663-bb64-bf78269bbc60', 'second', 5, 7, 'migrated', 6, NULL, NULL, '2026-11-25 23:18:10.711124+00');
INSERT INTO rowhouse.registry_migration VALUES ('0001-registry', '2026-11-25 23:18:08.593738+00');
INSERT INTO rowhouse.registry_migration VALUES ('0002-lifecycle', '2026-11-25 23:18:08.593738+00');
INSERT INTO rowhouse.registry_migration VALUES ('0003-backup', '2026-11-25 23:18:08.593738+00');
INSERT INTO rowhouse.registry_migration VALUES ('0004-entry', '2026-11-25 23:18:08.593738+00');
INSERT INTO rowhouse.tenant VALUES ('first', 'rh_16384_first', 'active', 5, 10000, '2026-11-25 23:18:09.285335+00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO rowhouse.tenant VALUES ('second', 'rh_16384_second', 'active', 7, 10000, '2026-11-25 23:18:10.010391+00', NULL, NULL, NULL, NULL, NULL);
SELECT pg_catalog.setval('rowhouse.migration_run_id_seq', 1, true);
ALTER TABLE ONLY first.note
    ADD CONSTRAINT note_pkey PRIMARY KEY (id);
ALTER TABLE ONLY rowhouse.domain
    ADD CONSTRAINT domain_pkey PRIMARY KEY (host);
ALTER TABLE ONLY rowhouse.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY rowhouse.migration_run
    ADD CONSTRAINT migration_run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY rowhouse.registry_migration
    ADD CONSTRAINT registry_migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY rowhouse.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (schema_name);
ALTER TABLE ONLY rowhouse.tenant
    ADD CONSTRAINT tenant_schema_name_role_name_status_statement_timeout_ms_key UNIQUE (schema_name, role_name, status, statement_timeout_ms);
ALTER TABLE ONLY second.note
    ADD CONSTRAINT note_pkey PRIMARY KEY (id);
CREATE INDEX domain_tenant ON rowhouse.domain USING btree (schema_name);
CREATE INDEX migration_run_tenant ON rowhouse.migration_run USING btree (schema_name, id);
CREATE INDEX note_text ON second.note USING btree (text);
ALTER TABLE ONLY rowhouse.domain
    ADD CONSTRAINT domain_schema_name_role_name_status_statement_timeout_ms_fkey FOREIGN KEY (schema_name, role_name, status, statement_timeout_ms) REFERENCES rowhouse.tenant(schema_name, role_name, status, statement_timeout_ms) ON UPDATE CASCADE;
