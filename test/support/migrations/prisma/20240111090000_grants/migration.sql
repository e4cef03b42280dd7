GRANT SELECT ON "public"."User" TO shop_reader;
ALTER TABLE "public"."User" ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON "public"."User" FOR SELECT TO shop_reader USING (name <> 'public');
