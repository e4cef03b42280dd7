ALTER TABLE "public"."Order" ADD CONSTRAINT "Order_refunded" CHECK ("state" <> 'REFUNDED' OR "total" > 0);
