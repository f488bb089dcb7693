import type { Ledger, Problem, Proof, Street } from "./types";

/** What the server said instead of an answer, or that it did not say anything. */
export class RequestError extends Error {
  constructor(
    message: string,
    /** As in the problem document; unavailable where there was no answer. */
    readonly kind: Problem["kind"],
  ) {
    super(message);
  }
}

const patience = 10_000; // ms of the wall; the server itself answers or gives up within 5 s

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const limit = AbortSignal.timeout(patience);
  let response: Response;
  try {
    response = await fetch(path, { signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new RequestError("The street does not answer.", "unavailable");
  }
  const type = response.headers.get("Content-Type") ?? "";
  if (response.ok && type.startsWith("application/json")) return (await response.json()) as T;
  if (type.startsWith("application/problem+json")) {
    const problem = (await response.json()) as Problem;
    throw new RequestError(problem.detail, problem.kind);
  }
  throw new RequestError("Something between this page and the street answered in its place.", "unavailable");
}

export const getStreet = (signal?: AbortSignal): Promise<Street> => get("/api/street", signal);

export const getProof = (start: number, signal?: AbortSignal): Promise<Proof> => get(`/api/intervals/${start}`, signal);

export const getLedger = (member: string, signal?: AbortSignal): Promise<Ledger> =>
  get(`/api/members/${encodeURIComponent(member)}/ledger?limit=200`, signal);

export const ledgerFile = (member: string): string => `/api/members/${encodeURIComponent(member)}/ledger.csv?limit=500`;
