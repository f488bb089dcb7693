// Opens a running street in a browser and checks what a person would see: node browser/street.mjs URL [DIRECTORY]
// With a directory, it also saves what the page looks like there. WATTLE_URL may stand in for URL, CHROMIUM for the
// path of the browser.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const url = process.argv[2] ?? process.env.WATTLE_URL;
const pictures = process.argv[3];
if (url === undefined) {
  console.error("usage: node browser/street.mjs URL [DIRECTORY]: give the address of a running street");
  process.exit(2);
}

const patience = 90_000; // ms: a street that has just started settles its first interval within this
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const profile = await mkdtemp(join(tmpdir(), "wattle-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  bypassCSP: false,
  viewport: { width: 1280, height: 900 },
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

try {
  await checkStreet();
  await checkRecovery();
  if (pictures !== undefined) await takePictures();
  console.log(`browser: the street at ${url} is shown as it should be`);
} finally {
  await browser.close();
  await rm(profile, { recursive: true, force: true });
}

async function checkStreet() {
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));

  await page.goto(url);
  assert.match(await page.title(), /Wattle/, "the title names the product");
  await page.getByTestId("connection").getByText("Live").waitFor();

  const street = await page.evaluate(async () => (await fetch("/api/street")).json());
  await page.getByTestId("home").nth(street.homes.length - 1).waitFor();
  assert.equal(await page.getByTestId("home").count(), street.homes.length, "every home has its tile");

  const flow = page.locator("section", { has: page.getByRole("heading", { name: "Right now" }) });
  const before = await flow.innerText();
  await page.waitForFunction(
    ([text]) => [...document.querySelectorAll("section")].some((s) => s.innerText.startsWith("Right now") && s.innerText !== text),
    [before],
    { timeout: patience },
  );

  await page.getByTestId("trade").first().waitFor();
  await page.locator('[data-testid="verdict"][data-holds="true"]').waitFor();
  await page.getByText("Show the proof").click();
  const meters = street.homes.length;
  assert.ok((await page.getByRole("img", { name: "Proven" }).count()) >= 1, "meters are proven in the record");
  assert.equal(await page.getByRole("img", { name: /not/i }).count(), 0, `none of ${meters} meters is unproven`);

  const home = street.homes[street.homes.length > 1 ? 1 : 0];
  await page.getByRole("combobox", { name: "Account of" }).selectOption(home.member);
  await page.getByTestId("line").first().waitFor();
  assert.ok(page.url().includes(`home=${home.member}`), "the address keeps the chosen home");
  await page.reload();
  await page.getByTestId("line").first().waitFor();
  assert.equal(await page.getByRole("combobox", { name: "Account of" }).inputValue(), home.member, "the chosen home survives a reload");

  assert.deepEqual(complaints, [], "the browser has nothing to complain about");
  await checkAccess(page, "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await checkAccess(page, "dark");
  await page.close();
}

/** Loses one frame, then the connection: the page finds both out and comes back by itself or when asked. */
async function checkRecovery() {
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  let opened = 0;
  let refuse = false;
  let cut = () => {};
  await page.routeWebSocket(/\/ws$/, (socket) => {
    opened += 1;
    if (refuse) {
      socket.close();
      return;
    }
    const server = socket.connectToServer();
    let differences = 0;
    server.onMessage((message) => {
      if (JSON.parse(message).kind === "difference") differences += 1;
      if (opened === 1 && differences === 2) return; // lost on the way
      socket.send(message);
    });
    cut = () => socket.close();
  });
  await page.goto(url);
  const state = page.getByTestId("connection");
  await state.getByText("Live").waitFor();
  const until = Date.now() + patience;
  while (opened < 2 && Date.now() < until) await page.waitForTimeout(100);
  assert.equal(opened, 2, "a missing frame makes the page connect again");
  await state.getByText("Live").waitFor();

  refuse = true;
  cut();
  await page.getByRole("alert").getByText("connection to the street is lost").waitFor();
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, "lost.png") });
  refuse = false;
  await page.getByRole("button", { name: "Try now" }).click();
  await state.getByText("Live").waitFor();
  assert.equal(await page.getByRole("alert").count(), 0, "the page says no more that the connection is lost");
  await page.close();
}

/** Asks axe for what a reader with a screen reader, a keyboard or weak eyes could not use. */
async function checkAccess(page, scheme) {
  await page.locator('[data-testid="verdict"][data-holds="true"]').waitFor();
  const session = await page.context().newCDPSession(page);
  const { readFile } = await import("node:fs/promises");
  await session.send("Runtime.evaluate", { expression: await readFile(axe, "utf8") });
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
  assert.deepEqual(found, [], `everyone can use the ${scheme} page`);
}

async function takePictures() {
  const views = [
    { name: "desktop", width: 1280, height: 900, colorScheme: "light" },
    { name: "desktop-dark", width: 1280, height: 900, colorScheme: "dark" },
    { name: "mobile", width: 390, height: 844, colorScheme: "light" },
    { name: "narrow", width: 360, height: 740, colorScheme: "dark" },
  ];
  for (const { name, width, height, colorScheme } of views) {
    const page = await browser.newPage();
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.goto(url);
    await page.locator('[data-testid="verdict"][data-holds="true"]').waitFor();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${name}: the page is ${over} px wider than the screen`);
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
    await page.close();
  }
}
