import { entryKind } from "../entryKind";
import { nexthopKey } from "../key";
import { nexthopAttributes } from "./attributes";
import { type Nexthop, settleNexthop } from "./nexthop";

export const nexthopKind = entryKind({
  resource: "NextHop",
  word: "nexthop",
  fields: nexthopAttributes,
  settle: settleNexthop,
  keyFields: ["nhid"],
  keyFollows: [],
  key: ({ nhid }) => (nhid === undefined ? undefined : nexthopKey(nhid)),
  whole: (values): Nexthop | undefined => {
    const { nhid } = values;
    return nhid === undefined ? undefined : { ...values, nhid };
  },
});
