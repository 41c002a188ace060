// What render prints of a declaration, convert reads as that declaration.
import assert from "node:assert/strict";
import fc from "fast-check";
import { isPolicyRoutingError } from "../../provider/src/errors";
import type { ConfigurationFile, Declaration } from "../../provider/src/managers/render/declaration";
import { renderIfupdown } from "../../provider/src/managers/render/ifupdown";
import { renderKeyfile } from "../../provider/src/managers/render/keyfile";
import { renderNetplan } from "../../provider/src/managers/render/netplan";
import { renderNetworkd } from "../../provider/src/managers/render/networkd";
import { declare } from "../../provider/src/managers/takeover/declare";
import { foundIn, readFiles } from "../../provider/src/managers/takeover/formats/index";
import { nothingBeside } from "../../provider/src/managers/takeover/owners";
import type { Source } from "../../provider/src/managers/takeover/reading";
import { family, type Input, routeInput, routeOf, ruleInput, ruleOf, runs } from "./subjects";

const backends = {
  ifupdown: renderIfupdown,
  netplan: renderNetplan,
  NetworkManager: renderKeyfile,
  "systemd-networkd": (declaration: Declaration) => renderNetworkd(declaration, 257),
};

/** Undefined where the backend cannot say it. */
function rendered(render: (declaration: Declaration) => ConfigurationFile[], declaration: Declaration): ConfigurationFile[] | undefined {
  try {
    return render(declaration);
  } catch (error) {
    if (isPolicyRoutingError(error) && error.kind === "unsupported") return undefined;
    throw error;
  }
}

/** A drop-in stands beside the file that says its device. */
const withMain = ({ path, text }: ConfigurationFile): Source[] => {
  const [, main, device] = /^(.*\/([^/]+)\.network)\.d\//.exec(path) ?? [];
  const own = { name: path, path, text };
  // Appended to the keyfile of a connection.
  const [, connection] = /\/NetworkManager\/policy-routing\/(.*)$/.exec(path) ?? [];
  if (connection !== undefined) return [{ ...own, text: `[connection]\ntype=ethernet\ninterface-name=${connection}\n${text}` }];
  return main === undefined ? [own] : [{ name: main, path: main, text: `[Match]\nName=${device}\n` }, own];
};

function reread(files: readonly ConfigurationFile[]) {
  const { rules, routes, refused } = declare(foundIn(readFiles(files.flatMap(withMain))), { beside: nothingBeside, main: true });
  return { rules: rules.map(({ is }) => is), routes: routes.map(({ is }) => is), refused };
}

const nothing: Declaration = { tables: [], nexthops: [], routes: [], rules: [], settings: [] };
/** Without what none of the backends has a key for, so that most of them can be said. */
function sayable(input: Input): Input {
  const { dscp, flowlabel, tunId, goto, l3mdev, realms, action, ...rest } = input;
  return rest["table"] === undefined && action === undefined
    ? { ...rest, table: 100 }
    : { ...rest, ...(action === "nop" ? { table: 100 } : action === undefined ? {} : { action }) };
}
/** What netplan has a key for. */
const plain = ({ family: of, priority, from, to, table, tos }: Input): Input => ({
  family: of,
  priority,
  from: from ?? (to === undefined ? (of === "inet" ? "198.51.100.0/24" : "2001:db8:7::/64") : undefined),
  to,
  table: table ?? 100,
  ...(tos === undefined ? { fwmark: 7 } : { tos }),
});
const isSayable = ({ encap, nexthops, nhid }: Input): boolean =>
  encap === undefined && nhid === undefined && !JSON.stringify(nexthops ?? "").includes("encap");

for (const [name, render] of Object.entries(backends))
  describe(`${name}: what is printed and read again`, () => {
    it("is the rule that was declared", () => {
      let said = 0;
      fc.assert(
        fc.property(
          family.chain((of) => ruleInput(of)),
          (input) => {
            const rule = ruleOf(name === "ifupdown" ? input : name === "netplan" ? plain(input) : sayable(input));
            const files = rendered(render, { ...nothing, rules: [rule] });
            if (files === undefined) return;
            said++;
            assert.deepEqual(reread(files), { rules: [rule], routes: [], refused: [] }, JSON.stringify(files));
          },
        ),
        { numRuns: runs(500) },
      );
      assert.ok(said > 20, `only ${said} could be said`);
    });

    it("is the route that was declared", () => {
      let said = 0;
      fc.assert(
        fc.property(family.chain((of) => routeInput(of)).filter(isSayable), (input) => {
          const route = routeOf(input);
          // Table local holds the host's own addresses: nothing of it is taken.
          const files = route.table === "local" ? undefined : rendered(render, { ...nothing, routes: [route] });
          if (files === undefined) return;
          said++;
          assert.deepEqual(reread(files), { rules: [], routes: [route], refused: [] }, JSON.stringify(files));
        }),
        { numRuns: runs(500) },
      );
      assert.ok(said > 20, `only ${said} could be said`);
    });
  });
