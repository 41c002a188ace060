// The page of the report in a real browser: Debian's Chromium, headless. What it looks like is kept in screenshots/.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { run } from "../lab/run";
import { connectionOf, previewOf } from "./preview";

const main = join(__dirname, "../../provider/dist/cli/main.js");
const screenshots = join(__dirname, "../../screenshots");
const sizes = { wide: { width: 1280, height: 900 }, narrow: { width: 400, height: 800 } } as const;
const schemes = ["light", "dark"] as const;
const resultsSchema = z.object({
  passes: z.array(z.object({ id: z.string() })),
  violations: z.array(z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

describe("the page of policy-routing report", function () {
  this.timeout(300_000); // Chromium is installed the first time
  let lab: Lab;
  let browser: Browser;
  let folder: string;
  let url: string;
  before(async function () {
    try {
      await ensurePackages(["chromium"]);
    } catch (error) {
      console.log(`      skipped: Chromium cannot be installed: ${String(error).split("\n")[0]}`);
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), "test-host-report-page-"));
    await mkdir(screenshots, { recursive: true });
    lab = await startLab({ name: "test-host-page", hosts: 3 });
    url = await pageFor(lab.hosts);
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser?.close();
    await lab?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** Host 1 gets its second uplink, 2 is refused for a foreign rule, 3 is given a gateway that does not exist. */
  async function pageFor(hosts: readonly Host[]): Promise<string> {
    await Promise.all(hosts.map(({ uplinks: [, { address }] }) => lab.internet.tcpConnect(address, 22)));
    await hosts[1]?.batch(["rule add pref 1000 from 192.0.2.9 table 102 proto 3"]);
    const resources = hosts.map((host, index) => {
      const { address, gateway, device, prefix } = host.uplinks[1];
      const via = index === 2 ? gateway.replace(/[0-9]+$/, "77") : gateway;
      const gate = { destination: "default", via, dev: device, table: 102 };
      const old = { priority: 1500, to: "192.0.2.0/24", table: 103 };
      return {
        kind: "HostRouting",
        name: `edge-${index + 1}`,
        before: { connection: connectionOf(host), rules: { old } },
        after: {
          connection: connectionOf(host),
          tables: { second: { tableId: 102, name: "isp2" } },
          routes: { link: { destination: prefix, dev: device, src: address, table: 102 }, gate },
          rules: { from: { priority: 1000, from: index === 1 ? "192.0.2.9" : address, table: 102 } },
          ...(index === 0 ? { expect: [{ from: address, to: "192.0.2.1", dev: device }] } : {}),
        },
      };
    });
    const message = "rollout in 2 waves:\n  canary 1 of 2: edge-1\n  wave 2 of 2: edge-2, edge-3";
    const [plan, html] = [join(folder, "plan.json"), join(folder, "report.html")];
    await writeFile(plan, previewOf(resources, { diagnostics: [{ severity: "info", message }] }));
    const { code, stderr } = await run([process.execPath, main, "report", plan, "--live", "--html", html, "--commit", "0123456789ab"]);
    assert.equal(code, 0, stderr);
    return pathToFileURL(html).href;
  }

  async function opened(colorScheme: (typeof schemes)[number] = "light", size: keyof typeof sizes = "wide") {
    const page = await browser.newPage({ colorScheme, viewport: sizes[size] });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(url);
    return { page, asked };
  }

  const unfold = (page: Page): Promise<unknown> => page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");

  it("asks for nothing but itself, and needs no script", async () => {
    const { page, asked } = await opened();
    assert.deepEqual(asked, [url]);
    assert.equal(await page.locator("script").count(), 0);
    await page.close();
  });

  it("has landmarks, headings in order, captions and headers: a screen reader finds its way", async () => {
    const { page } = await opened();
    for (const role of ["banner", "navigation", "main"] as const) assert.equal(await page.getByRole(role).count(), 1, role);
    const levels = await page.locator("h1, h2, h3").evaluateAll((all) => all.map(({ tagName }) => Number(tagName.slice(1))));
    assert.equal(levels[0], 1);
    assert.ok(
      levels.every((level, index) => index === 0 || level - (levels[index - 1] ?? 0) <= 1),
      levels.join(" "),
    );
    const heads = await page.locator("h2").allTextContents();
    assert.match(heads.join("; "), /^Risks: \d+; Order; edge-2 198\.[0-9.]+; edge-3 198\.[0-9.]+; edge-1 198\.[0-9.]+$/, "the worst first");
    assert.ok((await page.locator("table").count()) > 0);
    assert.equal(await page.locator("table:not(:has(caption))").count(), 0);
    assert.equal(await page.getByRole("list", { name: "After: rules of IPv4 in their order" }).count(), 2, "not of what is refused");
    await page.close();
  });

  it("tells the risks first: each links to its place, which says what to do next", async () => {
    const { page } = await opened();
    const first = page.getByRole("region", { name: /^Risks/ });
    const told = await first.locator("li").allTextContents();
    assert.match(
      told.join("\n"),
      /edge-2: HostRouting edge-2 will be refused: .*\nedge-3: gateway \S+\.77 dev eth1 is not known to answer/,
    );
    for (const link of await first.locator("a").all()) {
      await link.click();
      const target = page.locator("li:target");
      assert.equal(await target.count(), 1);
      assert.match(String(await target.textContent()), /^risk: .*next: /);
    }
    await page.close();
  });

  it("says what it is about, in which order hosts are taken, and that what is refused does not come", async () => {
    const { page } = await opened();
    const about = String(await page.locator("dl").textContent());
    assert.match(about, /Stackorganization\/test\/testCommit0123456789abPreviewed20.*UTCHosts read20.*UTCResources3 to update$/);
    const order = page.getByRole("region", { name: "Order" });
    assert.deepEqual(await order.locator("li").allTextContents(), ["canary 1 of 2: edge-1", "wave 2 of 2: edge-2, edge-3"]);
    const refused = page.getByRole("region", { name: /^edge-2/ });
    assert.deepEqual(await refused.locator("figcaption").allTextContents(), [
      "Before and after alike, without what will be refused: HostRouting edge-2",
    ]);
    await page.close();
  });

  it("is reached by keyboard: the skip link, each link, each fold", async () => {
    const { page } = await opened();
    const reached: string[] = [];
    const focusable = await page.locator("a, summary").count();
    for (let count = 0; count < focusable; count++) {
      await page.keyboard.press("Tab");
      reached.push(String(await page.evaluate("document.activeElement.textContent")));
    }
    assert.equal(reached[0], "Skip to the risks");
    assert.deepEqual(reached, await page.locator("a, summary").allTextContents());
    const fold = page.locator("summary").first();
    await fold.focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("details[open]").count(), 1);
    await page.close();
  });

  for (const scheme of schemes)
    for (const size of ["wide", "narrow"] as const)
      it(`holds every rule of axe-core, ${scheme} and ${size}, folded and unfolded, and runs over no edge`, async () => {
        const { page } = await opened(scheme, size);
        const { width } = sizes[size];
        await page.screenshot({ path: join(screenshots, `report-${size}-${scheme}.png`), fullPage: true });
        for (const unfolded of [false, true]) {
          if (unfolded) await unfold(page);
          assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= width, `wider than ${width}`);
          await page.evaluate(axe.source);
          const { passes, violations } = resultsSchema.parse(await page.evaluate("axe.run()"));
          assert.deepEqual(violations, []);
          assert.ok(
            passes.some(({ id }) => id === "color-contrast"),
            "contrast was looked at",
          );
        }
        await page.close();
      });
});
