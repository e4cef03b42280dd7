CREATE TABLE "public"."Audit" ("id" BIGSERIAL PRIMARY KEY, "what" TEXT NOT NULL);

CREATE OR REPLACE FUNCTION public.log_order() RETURNS TRIGGER SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  owner public."User"%ROWTYPE;
BEGIN
  SELECT * INTO owner FROM public."User" WHERE id = NEW."userId";
  INSERT INTO "public"."Audit" ("what") VALUES (owner.name || ' in public."Order"; ' || NEW.state);
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER order_log AFTER INSERT ON "public"."Order" FOR EACH ROW EXECUTE FUNCTION public.log_order();

CREATE VIEW "public"."OpenOrder" AS
  SELECT o."id", u."email" FROM "public"."Order" o JOIN "public"."User" u ON u."id" = o."userId" WHERE o."state" = 'OPEN';
