import { Numbering } from "./numbering";
import type { Frame } from "./types";

/** What a stream tells its owner. */
export interface Listener {
  frame(frame: Frame): void;
  /** The stream is open; snapshots follow. */
  opened(): void;
  /** The stream is lost and tries again at that instant of `performance.now`. */
  lost(retryAt: number): void;
}

const silence = 40_000; // ms: two heartbeats and a half
const firstDelay = 500; // ms
const longestDelay = 8_000; // ms

/** One WebSocket that is opened again whenever it is lost, silent, or has a gap. */
export class Stream {
  readonly #url: string;
  readonly #listener: Listener;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delay = firstDelay;
  #closed = false;

  constructor(url: string, listener: Listener) {
    this.#url = url;
    this.#listener = listener;
    this.#open();
  }

  /** Tries at once. */
  retry(): void {
    this.#delay = firstDelay;
    this.#open();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #open(): void {
    this.#drop();
    const socket = new WebSocket(this.#url);
    const numbering = new Numbering();
    this.#socket = socket;
    this.#watch();
    socket.onopen = () => this.#listener.opened();
    socket.onclose = () => this.#lost();
    socket.onmessage = (message: MessageEvent<string>) => {
      const frame = JSON.parse(message.data) as Frame;
      if (!numbering.accept(frame)) {
        this.#lost();
        return;
      }
      this.#delay = firstDelay;
      this.#watch();
      this.#listener.frame(frame);
    };
  }

  /** Expects a message before the silence is too long. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(), silence);
  }

  #lost(): void {
    this.#drop();
    if (this.#closed) return;
    const delay = this.#delay * (0.75 + Math.random() / 2); // a street full of pages must not come back as one
    this.#delay = Math.min(longestDelay, this.#delay * 2);
    this.#timer = setTimeout(() => this.#open(), delay);
    this.#listener.lost(performance.now() + delay);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onclose = socket.onmessage = null;
    socket.close();
  }
}
