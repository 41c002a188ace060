/**
 * Files of which a test holds a bound of time that other work on the machine would break. They run last, one after the other, with
 * nothing beside them. Each says what it measures.
 */
export const alone: Readonly<Record<string, string>> = {
  "test/unit/kernel/many.test.ts": "that planning is linear, and 150 ms of CPU for 5,000 rules",
  "test/unit/runtime/manyEntries.test.ts": "how the CPU of a refresh grows",
  "test/unit/kernel/managementPath.test.ts": "500 ms for a path through many rules",
  "test/unit/kernel/lookup/classesTime.test.ts": "two seconds for the classes of packets among 1,000 routes",
  "test/host/nagle.test.ts": "a login and its shell within 120 ms",
  "test/host/silence.test.ts": "a transaction beside 130 silent hosts against one without them",
  "test/host/evil.test.ts": "that no turn of the event loop lasts longer than 200 ms",
  "test/host/manyRoutes.test.ts": "seconds and memory of one change among very many routes",
  "test/host/manyStored.test.ts": "the CPU of a replay of many stored objects",
  "test/host/adoptTime.test.ts": "three seconds of a processor for the adoption of 1,000 entries",
  "test/engine/importTime.test.ts": "five seconds for the import of 200 entries",
  "test/engine/ctrlC.test.ts": "one second from Ctrl-C to the end, three under a guard",
};
