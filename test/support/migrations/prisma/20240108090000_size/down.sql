ALTER TABLE "public"."Order" DROP COLUMN "note";
ALTER TABLE "public"."Order" DROP COLUMN "size";
DROP TYPE "public"."Size";
