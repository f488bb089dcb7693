import { getStreet, RequestError } from "../api/client";
import { Stream } from "../api/stream";
import type { Flow, Frame, Interval, Live, Market, Settlement, Street } from "../api/types";
import { milliseconds, type Milliseconds } from "../units/units";
import { foldFlow, foldMarket, foldSettlement } from "./fold";

export type Connection = "opening" | "live" | "lost";

const tick = 250; // ms: how often the page's clocks move
const retryStreet = 2_000; // ms

/** Everything the page knows of the street, kept up to date. */
class StreetState {
  street = $state.raw<Street | null>(null);
  flow = $state.raw<Flow | null>(null);
  market = $state.raw<Market | null>(null);
  settlement = $state.raw<Settlement | null>(null);
  connection = $state<Connection>("opening");
  /** Seconds until the stream is tried again. */
  retryIn = $state(0);
  /** Why the street cannot be shown at all; empty otherwise. */
  problem = $state("");
  /** The street's clock, as of its last word and running on at its speed while connected. */
  now = $state(milliseconds(0));

  /** Homes by member. */
  readonly live: ReadonlyMap<string, Live> = $derived(new Map(this.flow?.homes.map((home) => [home.member, home])));
  readonly names: ReadonlyMap<string, string> = $derived(
    new Map(this.street?.homes.map((home) => [home.member, home.name])),
  );
  /** The newest interval that is in the ledger, if any. */
  readonly settled: Interval | undefined = $derived(
    this.settlement?.intervals.find((interval) => interval.state !== "traded" && interval.state !== "attested"),
  );

  #told = { street: 0, wall: 0 };
  #retryAt = 0;
  #open = false;
  #stream: Stream | null = null;

  /** Begins; the function it returns ends it. */
  start(): () => void {
    const url = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`;
    this.#stream = new Stream(url, {
      frame: (frame) => this.#take(frame),
      opened: () => {
        this.#open = true;
        void this.#load();
      },
      lost: (retryAt) => {
        this.#open = false;
        this.connection = "lost";
        this.#retryAt = retryAt;
      },
    });
    const timer = setInterval(() => this.#tick(), tick);
    return () => {
      clearInterval(timer);
      this.#stream?.close();
    };
  }

  retry(): void {
    this.#stream?.retry();
  }

  /** Name of a party, for people. */
  name(party: string): string {
    return this.names.get(party) ?? party;
  }

  async #load(): Promise<void> {
    try {
      const street = await getStreet();
      if (!this.#open) return; // asked again when the stream is back
      this.street = street;
      this.problem = "";
      this.now = street.now_ms;
      this.#hear(this.now);
      this.connection = "live";
    } catch (error) {
      if (!this.#open) return;
      this.problem = error instanceof RequestError ? error.message : "The street could not be read.";
      setTimeout(() => {
        void this.#load();
      }, retryStreet);
    }
  }

  #take(frame: Frame): void {
    if (frame.kind === "heartbeat") {
      this.#hear(frame.now_ms);
      return;
    }
    switch (frame.topic) {
      case "flow":
        this.flow = foldFlow(this.flow, frame);
        this.#hear(frame.data.now_ms);
        break;
      case "market":
        this.market = foldMarket(this.market, frame);
        this.#hear(frame.data.now_ms);
        break;
      case "settlement":
        this.settlement = foldSettlement(this.settlement, frame);
        break;
    }
  }

  #hear(now: Milliseconds): void {
    this.#told = { street: now, wall: performance.now() };
  }

  #tick(): void {
    this.retryIn = Math.max(0, Math.ceil((this.#retryAt - performance.now()) / 1000));
    if (this.connection !== "live" || this.street === null) return;
    const passed = (performance.now() - this.#told.wall) * this.street.speed;
    this.now = milliseconds(Math.max(this.now, this.#told.street + passed)); // never steps back
  }
}

export const state = new StreetState();
