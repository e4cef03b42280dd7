// Express 5 and Sequelize 6, the tenant's schema in the name of each table, as Sequelize's documentation
// suggests: https://sequelize.org/api/v6/class/src/model.js~model#static-method-schema

import express from "express";
import { DataTypes, Sequelize } from "sequelize";
import { CONNECTIONS, databaseUrl, findSchema, type Pair, port } from "./setting.ts";

const sequelize = new Sequelize(databaseUrl, { logging: false, pool: { max: CONNECTIONS } });

const Data = sequelize.define(
  "data",
  {
    key: { type: DataTypes.INTEGER, primaryKey: true },
    value: { type: DataTypes.INTEGER, allowNull: false },
  },
  { tableName: "data", createdAt: false, updatedAt: "updated_at" },
);

const app = express();
app.disable("x-powered-by");
app.use(express.json());
app.use((request, response, next) => {
  const schema = findSchema(request.headers.host);
  if (schema === undefined) return void response.sendStatus(404);
  response.locals["model"] = Data.schema(schema);
  next();
});

const modelOf = ({ locals }: express.Response): typeof Data => locals["model"] as typeof Data;

app.get("/data/get/:key", async (request, response) => {
  const row = await modelOf(response).findByPk(Number(request.params.key), {
    attributes: ["value"],
  });
  if (row === null) return void response.sendStatus(404);
  response.json({ value: row.get("value") });
});
app.put("/data/:key", async (request, response) => {
  const { value } = request.body as Pair;
  const [row] = await modelOf(response).upsert({ key: Number(request.params.key), value });
  response.json({ value: row.get("value") });
});
app.post("/data", async (request, response) => {
  const rows = await modelOf(response).bulkCreate(request.body as { key: number; value: number }[]);
  response.status(201).json({ inserted: rows.length });
});
app.listen(port, "127.0.0.1");
