-- CreateIndex
CREATE INDEX CONCURRENTLY "User_name_idx" ON "public"."User"("name");
