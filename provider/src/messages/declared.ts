import { pages } from "./topic";

export const declared = pages({
  value: {
    title: "A field has a value that cannot be meant",
    means:
      "`PATH: expected ..., got ...`: the value has another form than the field takes. What was given for a password or a key is not shown. All mistakes of a resource are told at once.",
    next: "Correct the program at that path. The reference says the form of each field, with an example.",
  },
  "unknown-field": {
    title: "There is no field of that name",
    means: "A field was written that the resource does not have; a name that is near enough is suggested.",
    next: "Correct the name, or leave the field out.",
  },
  fields: {
    title: "Fields are missing, or do not go together",
    means:
      "Each field is right by itself, but a required one is missing, two exclude each other, or they are of different address families.",
    next: "The text names the field to add or to take away.",
  },
  "declaration-invalid": {
    title: "What is declared is not valid",
    means:
      "The same as the three above, found only when the host was to be changed: a value that was not known during the preview, or a state that something else wrote.",
    next: "Correct the program at the paths that the message names; where the program is right, correct the resource's inputs and outputs in what `pulumi stack export` prints, and `pulumi stack import` it.",
  },
  "state-unreadable": {
    title: "The state holds a text that cannot be read",
    means:
      "A dynamic HostRouting keeps its entries in its outputs as short texts. This one was edited or cut by hand, or a newer version of this package wrote it. Nothing was asked of the host.",
    next: "With an older version of this package, update it. Else `pulumi stack export`, put what the resource's inputs say in the field that the message names in place of the text in its outputs, and `pulumi stack import`.",
  },
  "rule-without-selector": {
    title: "A rule applies to every packet",
    means:
      "A rule has no selector (from, to, fwmark, iif, oif, ...) and stands before table main, so it decides for all packets: also for those of your SSH connection.",
    next: "Give it a selector. If all packets are meant, look at the preview's report first; the guard undoes what cuts the host off.",
  },
  "connection-defaults": {
    title: "What is said once for all connections is wrong",
    means:
      "`connectionDefaults` in the program, or `policy-routing:connection` in the stack's configuration, holds something that no connection can have; or it is called twice or behind a resource; or the configuration has a password or a key in clear.",
    next: "Correct it at the path that the message names. Call `connectionDefaults` once, before the first resource. Set a configuration with a password or a key by `pulumi config set --secret`.",
  },
  "declared-twice": {
    title: "One object is declared twice",
    means:
      "Two resources declare the same rule, route, next hop or table name of one host: by the same name, or by two addresses that lead to one host. They would take it from each other at every `up`.",
    next: "Declare it once. If one host has two names, use one of them everywhere.",
  },
  "unheard-option": {
    title: "An option of Pulumi's cannot work here",
    means:
      "`import` and `customTimeouts` never reach a dynamic resource: one would end in a `TypeError`, the other in nothing. The plugin's resources take `import`.",
    next: 'Leave the option out. Instead of `import` say `adopt: "same"`; instead of `customTimeouts` set `guard.confirmTimeout`, `connection.perDialTimeout` and `connection.dialErrorLimit`.',
  },
  "provider-configuration": {
    title: "The plugin's configuration is not right",
    means:
      "A value of `policyrouting:NAME` in the stack's configuration, or of an explicit provider, has another form than the plugin takes.",
    next: "Correct what the message names; the guide to other languages lists what can be configured.",
  },
  "import-id": {
    title: "The id names nothing that can be imported",
    means: "An import by the plugin is told by the host and the place of the entry there, in the words of `ip`.",
    next: "Write it as the message shows. `ip rule` and `ip route show table all` on the host say priorities, tables and destinations.",
  },
  "import-unclear": {
    title: "What stands there cannot be imported",
    means:
      "Several entries stand at that place, or the entry has something that no field declares. Nothing was changed, on the host or in the state.",
    next: "The message says what helps.",
  },
  "import-left": {
    title: "Some of a host is not imported",
    means:
      "Entries stand there that no field declares, or that no rule of ours could be, such as two at one priority that differ in more than their prefixes. All others are in the import; these stay as they are, and are nobody's of your stack.",
    next: "`npx --no-install policy-routing adopt HOST` lists them, and the commands that help. Then import again.",
  },
  "setting-without-effect": {
    title: "A setting could have no effect",
    means:
      "The kernel uses the larger of `net.ipv4.conf.all.*` and the device's own value. The value for `all` is larger than the declared one.",
    next: "Declare it for `all` as well, or lower the value for `all` on the host.",
  },
});
