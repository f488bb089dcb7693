import { describe, expect, it } from "vitest";
import type { Proof } from "../api/types";
import { check, holds, included, leafHash, readReport } from "./proof";
import vector from "./testdata/proof.json";

const proof = (): Proof => structuredClone(vector) as unknown as Proof;

function first<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined) throw new Error("empty");
  return value;
}

describe("a proof as the server sends it", () => {
  it("holds", async () => {
    const checks = await check(proof(), "street");
    expect(checks).toEqual({
      report: true,
      totals: true,
      signatures: true,
      leaves: new Map(proof().leaves.map((leaf) => [leaf.meter, true])),
    });
    expect(holds(checks)).toBe(true);
  });

  it("hashes leaves as the oracles do", () => {
    for (const leaf of proof().leaves) expect(leafHash(leaf)).toBe(leaf.hash);
  });

  it("is a report of its interval", () => {
    expect(readReport(proof().report)).toMatchObject({ zone: "street", seconds: 900, run: 0, meters: 5, export_wh: 4990 });
    expect(readReport("0x")).toBeNull();
    expect(readReport(proof().report.replace("0x77", "0x78"))).toBeNull();
  });
});

describe("a proof that was changed", () => {
  const changes: Record<string, (p: Proof) => void> = {
    "a home's export": (p) => Object.assign(first(p.leaves), { export_wh: 2000 }),
    "a home's meter": (p) => Object.assign(first(p.leaves), { meter: "home-09-grid" }),
    "a sibling": (p) => (first(p.leaves).proof[0] = `0x${"11".repeat(32)}`),
    "a home left out": (p) => p.leaves.pop(),
    "a home told twice": (p) => p.leaves.splice(1, 1, first(p.leaves)),
    "the total": (p) => Object.assign(p.interval, { export_wh: 9999 }),
    "the interval": (p) => (p.interval.start += 900),
    "the root": (p) => (p.root = `0x${"22".repeat(32)}`),
    "the report": (p) => (p.report = `${p.report.slice(0, -2)}ff`),
    "too few signatures": (p) => p.signatures.pop(),
    "one signature twice": (p) => p.signatures.splice(1, 1, first(p.signatures)),
    "an unknown oracle": (p) => p.oracles.shift(),
    "a broken signature": (p) => Object.assign(first(p.signatures), { signature: `0x${"00".repeat(65)}` }),
    "the sequence": (p) => (p.sequence += 1),
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`does not hold: ${name}`, async () => {
      const changed = proof();
      change(changed);
      expect(holds(await check(changed, "street"))).toBe(false);
    });
  }

  it("says which home is wrong", async () => {
    const changed = proof();
    const leaf = first(changed.leaves);
    Object.assign(leaf, { import_wh: 1 });
    const { leaves } = await check(changed, "street");
    expect([...leaves].filter(([, ok]) => !ok)).toEqual([[leaf.meter, false]]);
    expect(included(leaf, changed.root)).toBe(false);
  });

  it("is not another zone's", async () => {
    expect(holds(await check(proof(), "harbour"))).toBe(false);
  });
});
