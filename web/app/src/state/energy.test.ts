import { describe, expect, it } from "vitest";
import type { Live } from "../api/types";
import { balance, silence } from "./energy";

const home = (grid_w: number, solar_w: number, battery_w: number): Live =>
  ({ grid_w, solar_w, battery_w, at_ms: 1_000_000, reachable: true, problem: "" }) as Live;

describe("the street's balance", () => {
  const streets = [
    [],
    [home(-2000, 3000, -500), home(800, 0, 0)],
    [home(300, 0, 700), home(1200, 100, 0), home(-50, 400, 0)],
    [home(0, 0, 0)],
  ];
  it("has as much going out as coming in", () => {
    for (const homes of streets) {
      const b = balance(homes);
      expect(b.use + b.charge + b.toGrid).toBe(b.solar + b.discharge + b.fromGrid);
    }
  });

  it("shares what is over with who is short", () => {
    expect(balance([home(-2000, 2500, 0), home(800, 0, 0)])).toMatchObject({ shared: 800, toGrid: 1200, fromGrid: 0 });
    expect(balance([home(-300, 500, 0), home(800, 0, 0)])).toMatchObject({ shared: 300, toGrid: 0, fromGrid: 500 });
  });
});

describe("a silent home", () => {
  it("says why", () => {
    expect(silence(undefined, 0, 1)).not.toBe("");
    expect(silence({ ...home(0, 0, 0), reachable: false, problem: "No route." }, 1_000_000, 1)).toBe("No route.");
    expect(silence(home(0, 0, 0), 1_016_000, 1)).not.toBe("");
  });

  it("is measured in the time of the wall", () => {
    expect(silence(home(0, 0, 0), 1_016_000, 15)).toBe("");
  });
});
