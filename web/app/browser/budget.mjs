// The first load may cost at most 70 KiB of JavaScript, packed: what index.html names, and what that imports at once.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const budget = 70 * 1024;
const dist = new URL("../dist/", import.meta.url);
const seen = new Set();

function load(name) {
  if (seen.has(name)) return 0;
  seen.add(name);
  const code = readFileSync(new URL(name, dist));
  const imports = code.toString().matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g);
  let bytes = gzipSync(code, { level: 9 }).length;
  for (const [, file] of imports) bytes += load(`assets/${file}`);
  return bytes;
}

const index = readFileSync(new URL("index.html", dist), "utf8");
let bytes = 0;
for (const [, file] of index.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)) bytes += load(file);
console.log(`first load: ${(bytes / 1024).toFixed(1)} KiB of JavaScript, packed`);
if (bytes === 0 || bytes > budget) {
  console.error(`first load: want more than nothing and at most ${budget / 1024} KiB`);
  process.exit(1);
}
