import { baseOf, type Format } from "./format";

const line = /^\s*(0x[0-9a-fA-F]+|[0-9]+)\s+([^\s#]+)\s*(#.*)?$/;
const isOfKernel = (number: number): boolean => number === 0 || (number >= 253 && number <= 255);

export const rtTables: Format = {
  name: "rt_tables",
  again: () => ({ why: "may stay" }),
  isOne: (source) => {
    const said = source.text.split("\n").filter((one) => !/^\s*(#.*)?$/.test(one));
    return /rt_tables/.test(baseOf(source)) || (said.length > 0 && said.every((one) => line.test(one)));
  },
  read: (reading) => {
    for (const [index, text] of reading.lines.entries()) {
      const [, number, name] = line.exec(text) ?? [];
      if (number === undefined || name === undefined) continue;
      if (isOfKernel(Number(number))) reading.leave("the kernel's own tables", index + 1);
      else reading.nameTable(Number(number), name, index + 1);
    }
  },
};
