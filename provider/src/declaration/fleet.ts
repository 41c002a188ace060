import { field, type Values } from "./attribute";
import { configuredHostFields } from "./configuredHost";
import { describedEntries } from "./entries";
import { integer, textOf } from "./number";
import { z } from "./zod";

const { labels: _labels, uplinks, ...sameFields } = configuredHostFields;

/** One host of a fleet: the fields of MultihomedHost where it names uplinks, else those of HostRouting. */
export const fleetHostFields = { ...sameFields, uplinks: { ...uplinks, absent: "it is a HostRouting" } };

const expectedBatch = 'expected a number of hosts of 1 or more, or a share of all such as "25%"';

/** How hosts are dealt out over waves. */
export const waveFields = {
  canary: field({
    schema: z.union(
      [integer(0, 100_000), z.array(textOf("the name of a host")).min(1)],
      "expected a whole number of hosts, 0 for none, or a list of names of hosts",
    ),
    doc: "The hosts that make a wave of their own, which comes first: so many in the order of their names, or those of a list.",
    absent: "1",
    example: ["edge-1"],
  }),
  batch: field({
    schema: z.union(
      [integer(1, 100_000, expectedBatch), z.string(expectedBatch).regex(/^0*[1-9]\d*(\.\d+)?%$/, expectedBatch)],
      expectedBatch,
    ),
    doc: 'Hosts of each further wave: a number, or a share of all such as `"25%"`.',
    absent: "all the rest in one",
    example: "25%",
  }),
  pause: field({
    schema: integer(0, 86_400),
    doc: "Seconds between the end of a wave that changed something and the next.",
    absent: "none",
    example: 300,
  }),
};
export type WaveValues = Values<typeof waveFields>;

export const fleetFields = {
  hosts: field({
    schema: describedEntries(fleetHostFields, '{ connection: { host: "edge-1.example.net" } }', () => []),
    partial: true,
    doc: "The hosts, by names of your choice. Their names, and whether one has `uplinks`, must be known in a preview.",
    absent: "required",
    example: {
      "edge-1": { connection: { host: "edge-1.example.net" }, rules: { source: { priority: 1000, from: "203.0.113.10", table: 102 } } },
    },
  }),
  ...waveFields,
};
