CREATE TABLE "audit" (
	"id" serial PRIMARY KEY NOT NULL,
	"what" text NOT NULL
);
--> statement-breakpoint
CREATE FUNCTION public.log_order() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
  INSERT INTO public.audit (what) VALUES ('public.orders; ' || NEW.state);
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER orders_log AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.log_order();
--> statement-breakpoint
CREATE VIEW "public"."open_orders" AS (select "orders"."id", "users"."email" from "orders" inner join "users" on "users"."id" = "orders"."user_id" where "orders"."state" = 'open');
