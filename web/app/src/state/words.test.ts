import { describe as suite, expect, it } from "vitest";
import type { Line } from "../api/types";
import { describe, groups } from "./words";

const line = (leg: Line["leg"], money: string, tokens: number, counterparty = "home-02"): Line =>
  ({ id: "0x", start: 0, run: 0, leg, counterparty, energy_wh: 412, money_nano: money, tokens_wh: tokens }) as Line;
const say = (l: Line): string =>
  describe(l, (party) => (party === "home-02" ? "Jonas" : party), "EUR").replaceAll("\u00a0", " ");

suite("lines in plain words", () => {
  it("says what happened, seen from the home", () => {
    expect([
      say(line("trade", "74984000", 0)),
      say(line("trade", "-74984000", 0)),
      say(line("residual-import", "-123600000", 0, "supplier")),
      say(line("residual-export", "32960000", 0, "supplier")),
      say(line("network", "-16480000", 0, "network")),
      say(line("mint", "0", 412, "issuance")),
      say(line("delivery", "0", 412)),
      say(line("delivery", "0", -412)),
    ]).toEqual([
      "Sold to Jonas 0.412 kWh at 18.20 ct",
      "Bought from Jonas 0.412 kWh at 18.20 ct",
      "Bought from the grid 0.412 kWh at 30.00 ct",
      "Sold to the grid 0.412 kWh at 8.00 ct",
      "Use of the network for 0.412 kWh",
      "Fed in 0.412 kWh, as the meter says",
      "Received from Jonas 0.412 kWh",
      "Delivered to Jonas 0.412 kWh",
    ]);
  });

  it("groups by interval, money before tokens", () => {
    const lines = [line("mint", "0", 1), line("trade", "5", 0), { ...line("trade", "7", 0), start: -900 }];
    expect(groups(lines).map((g) => [g.start, g.lines.map((l) => l.leg)])).toEqual([
      [0, ["trade", "mint"]],
      [-900, ["trade"]],
    ]);
  });
});
