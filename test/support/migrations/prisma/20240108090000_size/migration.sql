-- AlterEnum
BEGIN;
CREATE TYPE "public"."Size_new" AS ENUM ('S', 'L');
ALTER TABLE "public"."Order" ADD COLUMN "size" "public"."Size_new";
ALTER TYPE "public"."Size_new" RENAME TO "Size";
COMMIT;

-- AlterTable
ALTER TABLE "public"."Order" ADD COLUMN "note" TEXT;
