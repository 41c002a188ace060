// How Go compiles here. The same for all that is compiled, so that a package which two programs hold is compiled once.

/** Nobody debugs it, and a seventh of the processor's time goes into the tables for that and into collecting what a compiler would drop anyway. */
export const goFlags = ["-gcflags=all=-dwarf=false"];

/** As the official releases are built: no C compiler wanted, no C library linked. */
export const goEnvironment = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOGC: "400" };
