CREATE TABLE "events" ("id" bigint GENERATED ALWAYS AS IDENTITY, "at" date NOT NULL, PRIMARY KEY ("id", "at")) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "events_2023" PARTITION OF "public"."events" FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
