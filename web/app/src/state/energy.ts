import type { Live } from "../api/types";
import { sumWatts, watts, type Watts } from "../units/units";

/** Where the street's power comes from and where it goes. In and out sum to the same. */
export interface Balance {
  solar: Watts;
  discharge: Watts;
  fromGrid: Watts;
  use: Watts;
  charge: Watts;
  toGrid: Watts;
  /** What homes with a surplus pass to homes in need. */
  shared: Watts;
}

/** Adds up the homes. A home's use is what comes into it: from the grid, the roof and the battery. */
export function balance(homes: readonly Live[]): Balance {
  const net = sumWatts(homes.map((home) => home.grid_w));
  const taken = sumWatts(homes.map((home) => Math.max(0, home.grid_w)));
  return {
    solar: sumWatts(homes.map((home) => home.solar_w)),
    discharge: sumWatts(homes.map((home) => Math.max(0, home.battery_w))),
    fromGrid: watts(Math.max(0, net)),
    use: sumWatts(homes.map((home) => home.grid_w + home.solar_w + home.battery_w)),
    charge: sumWatts(homes.map((home) => Math.max(0, -home.battery_w))),
    toGrid: watts(Math.max(0, -net)),
    shared: watts(Math.min(taken, taken - net)),
  };
}

/** Why a home is not heard from; empty where it is. */
export function silence(live: Live | undefined, now: number, speed: number): string {
  if (live === undefined) return "Not heard from yet.";
  if (!live.reachable) return live.problem === "" ? "Its devices do not answer." : live.problem;
  return now - live.at_ms > 15_000 * speed ? "Its agent has gone quiet." : "";
}
