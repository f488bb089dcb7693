#!/usr/bin/env node
// Gives the compiler from node_modules the command line of the native one, which forge would download otherwise.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const solc = require("solc");

if (process.argv.includes("--version")) {
  const version = solc.version().replace("Emscripten.clang", "Linux.g++");
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${version}`);
} else if (process.argv.includes("--help")) {
  console.log("Usage: solc --standard-json");
} else {
  const read = (name) => {
    for (const file of [name, path.join(__dirname, name)]) {
      if (fs.existsSync(file)) return { contents: fs.readFileSync(file, "utf8") };
    }
    return { error: `${name} not found` };
  };
  process.stdout.write(solc.compile(fs.readFileSync(0, "utf8"), { import: read }));
}
