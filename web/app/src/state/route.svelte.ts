/** What the reader chose, kept in the address after "#" so that it survives a reload and can be sent to others. */
class Route {
  home = $state("");
  interval = $state(0);

  constructor() {
    this.#read();
    addEventListener("hashchange", () => this.#read());
  }

  /** Chooses a home; empty for none. */
  chooseHome(member: string): void {
    this.home = member;
    this.#write();
  }

  /** Chooses an interval by its start; 0 for the newest. */
  chooseInterval(start: number): void {
    this.interval = start;
    this.#write();
  }

  #read(): void {
    const chosen = new URLSearchParams(location.hash.slice(1));
    const start = Number(chosen.get("interval") ?? "0");
    this.home = chosen.get("home") ?? "";
    this.interval = Number.isSafeInteger(start) && start > 0 ? start : 0;
  }

  #write(): void {
    const chosen = new URLSearchParams();
    if (this.home !== "") chosen.set("home", this.home);
    if (this.interval !== 0) chosen.set("interval", String(this.interval));
    history.replaceState(null, "", `${location.pathname}${chosen.size > 0 ? `#${chosen.toString()}` : ""}`);
  }
}

export const route = new Route();
