DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'User' AND column_name = 'phone') THEN
    ALTER TABLE "public"."User" ADD COLUMN "phone" TEXT;
  END IF;
  IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'never_made_by_any_migration') THEN
    RAISE EXCEPTION 'public."User"';
  END IF;
  EXECUTE 'CREATE INDEX "User_phone_idx" ON public."User" ("phone")';
EXCEPTION
  WHEN duplicate_object THEN NULL;
END $$;
