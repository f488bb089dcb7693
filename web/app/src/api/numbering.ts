import type { Frame, TopicFrame } from "./types";

/** Watches that no frame of a topic is missing. */
export class Numbering {
  readonly #last = new Map<TopicFrame["topic"], number>();

  /** Takes a frame in; false means that something was missed and everything must be asked for again. */
  accept(frame: Frame): boolean {
    if (frame.kind === "heartbeat") {
      for (const [topic, n] of this.#last) if (frame.last[topic] !== n) return false;
      return true;
    }
    const last = this.#last.get(frame.topic);
    if (frame.kind === "difference" && frame.n !== (last ?? Number.NaN) + 1) return false;
    this.#last.set(frame.topic, frame.n);
    return true;
  }
}
