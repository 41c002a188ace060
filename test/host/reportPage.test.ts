// The page of the report in a real browser: Debian's Chromium, headless.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { type Host, type Lab, startLab } from "../lab/lab";
import { ensurePackages } from "../lab/packages.mjs";
import { run } from "../lab/run";
import { connectionOf, previewOf } from "./preview";

const worstSchema = z.object({ ratio: z.number(), text: z.string(), dark: z.boolean() });
const main = join(__dirname, "../../provider/dist/cli/main.js");

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
    lab = await startLab({ name: "test-host-page", hosts: 2 });
    url = await pageFor(lab.hosts);
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser?.close();
    await lab?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function pageFor(hosts: readonly Host[]): Promise<string> {
    const resources = hosts.map((host, index) => {
      const { address, gateway, device, prefix } = host.uplinks[1];
      const gate = { destination: "default", via: gateway, dev: device, table: 102 };
      const routes = { link: { destination: prefix, dev: device, src: address, table: 102 }, gate };
      return {
        kind: "HostRouting",
        name: `edge-${index}`,
        before: { connection: connectionOf(host), rules: { old: { priority: 1500, to: "192.0.2.0/24", table: 103 } } },
        after: {
          connection: connectionOf(host),
          routes,
          rules: { from: { priority: 1000, from: address, table: index === 0 ? 102 : 104 } },
          ...(index === 0 ? {} : { expect: [{ from: address, to: "192.0.2.1", dev: device }] }),
        },
      };
    });
    const [plan, html] = [join(folder, "plan.json"), join(folder, "report.html")];
    await writeFile(plan, previewOf(resources));
    const { code, stderr } = await run([process.execPath, main, "report", plan, "--live", "--html", html]);
    assert.equal(code, 0, stderr);
    return pathToFileURL(html).href;
  }

  async function opened(colorScheme: "light" | "dark" = "light"): Promise<{ page: Page; asked: string[] }> {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(url);
    return { page, asked };
  }

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
    assert.equal(levels.filter((level) => level === 2).length, 2, "one a host");
    assert.ok(
      levels.every((level, index) => index === 0 || level - (levels[index - 1] ?? 0) <= 1),
      levels.join(" "),
    );
    assert.ok((await page.locator("table").count()) > 0);
    assert.equal(await page.locator("table:not(:has(caption))").count(), 0);
    assert.equal(await page.getByRole("list", { name: "After: rules of IPv4 in their order" }).count(), 2);
    await page.close();
  });

  it("is reached by keyboard: the skip link, each host, each fold", async () => {
    const { page } = await opened();
    const reached: string[] = [];
    const focusable = await page.locator("a, summary").count();
    for (let count = 0; count < focusable; count++) {
      await page.keyboard.press("Tab");
      reached.push(String(await page.evaluate("document.activeElement.textContent")));
    }
    assert.equal(reached[0], "Skip to the hosts");
    assert.deepEqual(reached, await page.locator("a, summary").allTextContents());
    const fold = page.locator("summary").first();
    await fold.focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("details[open]").count(), 1);
    await page.close();
  });

  for (const scheme of ["light", "dark"] as const)
    it(`can be read in the ${scheme} scheme: 4.5:1 for every text`, async () => {
      const { page } = await opened(scheme);
      const worst = worstSchema.parse(await page.evaluate(await readFile(join(__dirname, "lowestContrast.js"), "utf8")));
      assert.ok(worst.ratio >= 4.5, `${worst.text}: ${worst.ratio.toFixed(2)}`);
      assert.equal(worst.dark, scheme === "dark");
      const screenshot = process.env["REPORT_SCREENSHOT"];
      if (screenshot !== undefined) await page.screenshot({ path: screenshot.replace(/(\.png)$/, `-${scheme}$1`), fullPage: true });
      await page.close();
    });

  it("fits a narrow screen", async () => {
    const { page } = await opened();
    await page.setViewportSize({ width: 360, height: 800 });
    assert.ok(Number(await page.evaluate("document.documentElement.scrollWidth")) <= 360);
    await page.close();
  });
});
