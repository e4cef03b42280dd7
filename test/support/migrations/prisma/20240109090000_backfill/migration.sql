SET lock_timeout = '5s';
CREATE TEMP TABLE "backfill" AS SELECT "id", lower("name") AS "name" FROM "public"."User";
UPDATE "public"."User" u SET "name" = b."name" FROM "backfill" b WHERE b."id" = u."id";
