import { describe, expect, it } from "vitest";
import { change, countdown, divideHalfEven, duration, energy, money, period, power, tariff } from "./format";
import { fromSeconds, nano, price, wattHours, watts } from "./units";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("quantities as text", () => {
  it("power", () => {
    expect([0, 7, 424, 949, 951, 8249, -1200].map((w) => plain(power(watts(w))))).toEqual([
      "0 W",
      "10 W",
      "420 W",
      "950 W",
      "1.0 kW",
      "8.2 kW",
      "1.2 kW",
    ]);
  });

  it("energy to the Wh", () => expect(plain(energy(wattHours(412)))).toBe("0.412 kWh"));

  it("prices in hundredths", () => {
    expect(plain(tariff(price(182_000), "EUR"))).toBe("18.20 ct");
    expect(plain(tariff(price(-5_000), "GBP"))).toBe("-0.50 p");
  });

  it("money beyond what a double holds", () => {
    expect(money(nano("9223372036854775807"), "EUR")).toBe("€9,223,372,036.85");
    expect(money(nano("-1234500000"), "EUR")).toBe("-€1.23");
  });

  it("changes with their sign", () => {
    expect(["74984000", "-74984000", "1500000000", "-2000000000"].map((n) => plain(change(nano(n), "EUR")))).toEqual([
      "+7.50 ct",
      "\u22127.50 ct",
      "+€1.50",
      "\u2212€2.00",
    ]);
  });

  it("rounds half to even", () => {
    expect([5n, 15n, 25n, -5n, -15n, 14n, 16n].map((n) => divideHalfEven(n, 10n))).toEqual([0n, 2n, 2n, 0n, -2n, 1n, 2n]);
  });

  it("times of the street's own zone", () => {
    expect(period(fromSeconds(1_781_938_800), fromSeconds(1_781_939_700), "Europe/Berlin")).toBe("09:00 to 09:15");
  });

  it("durations", () => {
    expect([200_000, 1_500, 0, -5, 3_661_000].map(countdown)).toEqual(["3:20", "0:02", "0:00", "0:00", "1:01:01"]);
    expect([40_000, 720_000, 7_200_000].map((ms) => plain(duration(ms)))).toEqual(["40 s", "12 min", "2 h"]);
  });
});
