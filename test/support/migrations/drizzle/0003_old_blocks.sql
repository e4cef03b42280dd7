DO $$ BEGIN
 CREATE TYPE "public"."channel" AS ENUM('web', 'shop');
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
DO $$ BEGIN
 IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = 'public' AND tablename = 'notes') THEN
  CREATE TABLE public.notes (id integer PRIMARY KEY, channel public.channel);
 END IF;
 IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'never_made_by_any_migration') THEN
  RAISE EXCEPTION 'public.notes';
 END IF;
 EXECUTE 'ALTER TABLE public.orders ADD COLUMN channel public.channel';
END $$;
--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "notes" ADD CONSTRAINT "notes_id_orders_id_fk" FOREIGN KEY ("id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
