#!/usr/bin/env node
// In git, not compiled: npm links only a bin that is there when it installs.
require("./node.js");
require("../dist/cli/main.js");
