// Generates the Go bindings from the artifacts of `npm run build`; with --check it compares them with the committed ones.
"use strict";
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const artifacts = path.join(__dirname, "artifacts", "contracts");
const committed = path.join(__dirname, "..", "chain", "bindings");
const check = process.argv.includes("--check");

// One package each: the generator does not tell the types of two contracts in one package apart. The token has no
// bytecode of its own: the hub creates it.
const contracts = [
  { name: "Hub", bytecode: true },
  { name: "EnergyToken", bytecode: false },
  { name: "TestEuro", bytecode: true },
];

const out = check ? fs.mkdtempSync(path.join(os.tmpdir(), "bindings-")) : committed;
let differs = false;
for (const { name, bytecode } of contracts) {
  const pkg = name.toLowerCase();
  const file = path.join(pkg, `${pkg}.go`);
  fs.mkdirSync(path.join(out, pkg), { recursive: true });
  const bin = bytecode ? ["--bin", path.join(artifacts, `${name}.bin`)] : [];
  execFileSync(
    "go",
    ["tool", "abigen", "--v2", "--abi", path.join(artifacts, `${name}.abi`), ...bin]
      .concat("--pkg", pkg, "--type", name, "--out", path.join(out, file)),
    { cwd: __dirname, stdio: ["ignore", "inherit", "inherit"] },
  );
  fs.chmodSync(path.join(out, file), 0o644);
  if (check && !fs.readFileSync(path.join(out, file)).equals(fs.readFileSync(path.join(committed, file)))) {
    console.error(`settlement/chain/bindings/${pkg}: not generated from these contracts: npm run build && npm run bindings`);
    differs = true;
  }
}
if (check) fs.rmSync(out, { recursive: true });
process.exit(differs ? 1 : 0);
