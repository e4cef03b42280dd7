SET lock_timeout = '5s';
--> statement-breakpoint
GRANT SELECT ON "public"."users" TO "shop_reader";
--> statement-breakpoint
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "readers" ON "users" AS PERMISSIVE FOR SELECT TO "shop_reader" USING (name <> 'public');
