// Checks an interval's proof with nothing but its bytes. The layouts are those of docs/protocol.md: "Attestation
// report" and leaf, which the oracles sign and the contract reads.
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import type { Leaf, Proof } from "../api/types";

/** What a signed report says. */
export interface Report {
  zone: string;
  start: number;
  seconds: number;
  run: number;
  root: string;
  meters: number;
  export_wh: number;
  import_wh: number;
}

/** What was checked, each on its own. */
export interface Checks {
  /** The report is of this interval and says the totals and the root that are shown. */
  report: boolean;
  /** By meter: its leaf leads to the root in the report. */
  leaves: ReadonlyMap<string, boolean>;
  /** The leaves are as many as the report says, each once, and sum to its totals. */
  totals: boolean;
  /** f+1 different oracles of the configuration signed the report. */
  signatures: boolean;
}

const reportSize = 132;
const reportDomain = "wattle/attestation/1";
const qualities: Readonly<Record<Leaf["quality"], number>> = { measured: 1, late: 2 };

const bytes = (hex: string): Uint8Array => hexToBytes(hex.slice(2));
const hex = (value: Uint8Array): string => `0x${bytesToHex(value)}`;

function word(text: string): Uint8Array {
  const padded = new Uint8Array(32);
  padded.set(new TextEncoder().encode(text));
  return padded;
}

function uint64(value: number): Uint8Array {
  const field = new Uint8Array(8);
  new DataView(field.buffer).setBigUint64(0, BigInt(value));
  return field;
}

/** Keccak-256 twice over the leaf's bytes. */
export function leafHash(leaf: Leaf): string {
  const encoded = concatBytes(
    word(leaf.meter),
    uint64(leaf.import_wh),
    uint64(leaf.export_wh),
    uint64(leaf.since),
    new Uint8Array([qualities[leaf.quality]]),
    bytes(leaf.reading),
  );
  return hex(keccak_256(keccak_256(encoded)));
}

/** Whether the siblings lead from the leaf to the root. Hex of one length sorts like its bytes. */
export function included(leaf: Leaf, root: string): boolean {
  let node = leafHash(leaf);
  for (const sibling of leaf.proof) {
    const [first, second] = node < sibling ? [node, sibling] : [sibling, node];
    node = hex(keccak_256(concatBytes(bytes(first), bytes(second))));
  }
  return node === root;
}

/** Reads the signed bytes; null where they are not a report. */
export function readReport(text: string): Report | null {
  const raw = bytes(text);
  if (raw.length !== reportSize || hex(raw.subarray(0, 32)) !== hex(word(reportDomain))) return null;
  const view = new DataView(raw.buffer, raw.byteOffset);
  return {
    zone: new TextDecoder().decode(raw.subarray(32, 64)).replace(/\0+$/, ""),
    start: Number(view.getBigUint64(64)),
    seconds: view.getUint32(72),
    run: view.getUint32(76),
    root: hex(raw.subarray(80, 112)),
    meters: view.getUint32(112),
    export_wh: Number(view.getBigUint64(116)),
    import_wh: Number(view.getBigUint64(124)),
  };
}

/** Chain addresses of who signed, in order; empty text where a signature is none. */
async function signers(proof: Proof): Promise<string[]> {
  const { Point, recoverPublicKey } = await import("@noble/secp256k1");
  const sequence = new Uint8Array(32);
  sequence.set(uint64(proof.sequence), 24);
  const signed = keccak_256(concatBytes(keccak_256(bytes(proof.report)), bytes(proof.config_digest), sequence));
  return proof.signatures.map(({ signature }) => {
    const raw = bytes(signature); // r, s, v; the library wants v first
    try {
      const key = recoverPublicKey(concatBytes(raw.subarray(64), raw.subarray(0, 64)), signed, { prehash: false });
      return hex(keccak_256(Point.fromBytes(key).toBytes(false).subarray(1)).subarray(12));
    } catch {
      return "";
    }
  });
}

/** Checks everything that can be checked without asking the chain. */
export async function check(proof: Proof, zone: string): Promise<Checks> {
  const report = readReport(proof.report);
  const { interval, leaves } = proof;
  const sum = (of: (leaf: Leaf) => number): number => leaves.reduce((total, leaf) => total + of(leaf), 0);
  const found = await signers(proof);
  const known = found.filter((signer) => proof.oracles.includes(signer));
  return {
    report:
      report !== null &&
      report.zone === zone &&
      report.start === interval.start &&
      report.seconds === interval.seconds &&
      report.run === interval.run &&
      report.root === proof.root &&
      report.export_wh === interval.export_wh &&
      report.import_wh === interval.import_wh,
    leaves: new Map(leaves.map((leaf) => [leaf.meter, report !== null && included(leaf, report.root)])),
    totals:
      report !== null &&
      new Set(leaves.map((leaf) => leaf.meter)).size === report.meters &&
      leaves.length === report.meters &&
      sum((leaf) => leaf.export_wh) === report.export_wh &&
      sum((leaf) => leaf.import_wh) === report.import_wh,
    signatures: known.length === found.length && new Set(known).size === found.length && found.length > proof.faulty,
  };
}

/** Whether all of it holds. */
export const holds = (checks: Checks): boolean =>
  checks.report && checks.totals && checks.signatures && [...checks.leaves.values()].every(Boolean);
