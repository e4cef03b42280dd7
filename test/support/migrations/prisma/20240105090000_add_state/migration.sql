-- AlterEnum
ALTER TYPE "public"."OrderState" ADD VALUE 'REFUNDED';
