INSERT INTO "tags" VALUES ('public'), ('it''s; new'), ($$a; b$$);
--> statement-breakpoint
INSERT INTO "public"."users" ("email", "name") VALUES ('ann@example.com', 'public.users');
--> statement-breakpoint
INSERT INTO "orders" ("user_id", "total") SELECT "id", 5 FROM "public"."users";
--> statement-breakpoint
SELECT setval('public.users_id_seq', 100), setval('"public"."orders_id_seq"'::regclass, 200);
