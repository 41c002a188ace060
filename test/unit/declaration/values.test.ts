import assert from "node:assert/strict";
import type { FieldTable } from "../../../provider/src/declaration/attribute";
import { connectionFields, proxyFields } from "../../../provider/src/declaration/connection";
import { commonFields, internalFields } from "../../../provider/src/declaration/everyResource";
import { guardFields, probeFields } from "../../../provider/src/declaration/guard";
import { routeAttributes } from "../../../provider/src/declaration/route/attributes";
import { ruleAttributes } from "../../../provider/src/declaration/rule/rule";
import { routingTableAttributes } from "../../../provider/src/declaration/table/table";
import { problemsWith } from "./problems";

const tables: Readonly<Record<string, FieldTable>> = {
  rule: ruleAttributes,
  route: routeAttributes,
  "routing table": routingTableAttributes,
  common: { ...commonFields, ...internalFields },
  connection: connectionFields,
  proxy: proxyFields,
  guard: guardFields,
  probe: probeFields,
};

/** What people write by mistake, each with something in it that must not come back: it may be a secret. */
const marker = "m4rk7r";
const number = 918273645.25;
const wrong: unknown[] = [
  ` ${marker} `,
  `${marker}\n`,
  `'${marker}"`,
  marker.repeat(100),
  number,
  -number,
  [marker],
  { [marker.toUpperCase()]: marker },
  { host: { secret: marker } },
  [[{ ping: ` ${marker}` }]],
  { nested: [{ deep: marker, ping: ` ${marker}` }] },
];

describe("a failure never says the value", () => {
  for (const [what, table] of Object.entries(tables))
    it(`of any field of a ${what}`, () => {
      for (const name of Object.keys(table))
        for (const value of wrong)
          for (const text of problemsWith(table, { [name]: value })) {
            assert.ok(!text.includes(marker) && !text.includes("918273645"), `${name}: ${text}`);
            assert.ok(!/invalid|received|undefined|NaN/i.test(text), `${name} says nothing that helps: ${text}`);
            assert.ok(text.startsWith(name), text);
          }
    });

  it("of all fields at once", () => {
    for (const table of Object.values(tables)) {
      const input = Object.fromEntries(Object.keys(table).map((name) => [name, `${marker} ${name}`]));
      assert.ok(!problemsWith(table, input).join().includes(marker));
    }
  });
});

describe("every field's example", () => {
  for (const [what, table] of Object.entries(tables))
    it(`of a ${what} is valid, and its canonical form stays as it is`, () => {
      for (const [name, { example, schema }] of Object.entries(table)) {
        const once = schema.safeParse(example);
        assert.ok(once.success, name);
        assert.deepEqual(schema.safeParse(once.data).data, once.data, name);
      }
    });
});
