// Compiles src with the pinned compiler from node_modules, without network. The output depends on nothing but the
// sources and the lock file, so the committed bindings can be compared byte by byte.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const solc = require("solc");

const source = path.join(__dirname, "src");
const out = path.join(__dirname, "artifacts", "contracts");

function read(name) {
  try {
    return { contents: fs.readFileSync(require.resolve(name, { paths: [__dirname] }), "utf8") };
  } catch (e) {
    return { error: e.message };
  }
}

const sources = {};
for (const name of fs.readdirSync(source).sort()) {
  sources[`src/${name}`] = { content: fs.readFileSync(path.join(source, name), "utf8") };
}
const input = {
  language: "Solidity",
  sources,
  settings: {
    evmVersion: "prague",
    viaIR: true,
    optimizer: { enabled: true, runs: 1000 },
    metadata: { bytecodeHash: "none", appendCBOR: false },
    outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read }));
for (const e of output.errors ?? []) console.error(e.formattedMessage);
if (output.errors?.length) process.exit(1); // a warning is a mistake, too

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
for (const file of Object.keys(sources)) {
  for (const [name, contract] of Object.entries(output.contracts[file] ?? {})) {
    fs.writeFileSync(path.join(out, `${name}.abi`), JSON.stringify(contract.abi, null, 1) + "\n");
    fs.writeFileSync(path.join(out, `${name}.bin`), contract.evm.bytecode.object + "\n");
  }
}
