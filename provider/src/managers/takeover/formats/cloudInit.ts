import type { Source } from "../reading";
import { YamlNode } from "../yamlNode";
import type { Format } from "./format";
import { readNetwork } from "./netplan";

/** cloud-init's user data and what its image has of it: files that it writes, and a network below `network:`. */
export const cloudInit: Format = {
  name: "cloud-init",
  again: () => ({ why: "nothing reads it again: cloud-init wrote it once; the files that it wrote are what a boot reads" }),
  isOne: ({ name, path = name, text }) => text.startsWith("#cloud-config") || /\/cloud\.cfg(\.d\/|$)/.test(path),
  read: (reading, source) => {
    const root = YamlNode.parse(source.text);
    const network = root?.get("network");
    if (network !== undefined) readNetwork(reading, network);
    for (const { line, to } of root?.get("write_files")?.items ?? []) reading.leave("a file, read below", line, to);
    for (const command of ["bootcmd", "runcmd"].flatMap((key) => root?.get(key)?.items ?? []))
      if (
        /\bip\b.*(\b(rule|route)\b|\s-b)/.test(
          source.text
            .split("\n")
            .slice(command.line - 1, command.to)
            .join(" "),
        )
      )
        reading.doubt("a command of the first boot: adopt reads what stands on the host", command.line, command.to);
    if (root !== undefined) reading.leave("no rule and no route", 1, reading.lines.length);
  },
  inner: ({ name, text }) =>
    (YamlNode.parse(text)?.get("write_files")?.items ?? []).flatMap((file): Source[] => {
      const path = file.get("path")?.text;
      const content = file.get("content");
      if (path === undefined || content?.text === undefined) return [];
      return [{ name: `${name}, ${path}`, path, text: content.text }];
    }),
};
