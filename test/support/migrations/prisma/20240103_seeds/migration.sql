INSERT INTO "public"."Tag" VALUES ('public'), ('it''s; new'), (E'\'x\';'), ($$a; b$$);
INSERT INTO "User" ("email", "name") VALUES ('ann@example.com', 'public."User"');
INSERT INTO "public"."Order" ("userId", "total") SELECT "id", 5 FROM "public"."User";
SELECT setval('public."User_id_seq"', 100), setval('"public"."Order_id_seq"'::regclass, 200);
