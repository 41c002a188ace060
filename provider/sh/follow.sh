# shellcheck shell=sh
# Functions of the awk in `missing`, for entries that follow a device.
# shellcheck disable=SC2016 # awk's own
following='
  # Lines for what its device has and the kernel lacks; then for what the device has no more. What it had last stays while it has nothing, unless
  # another device has it now.
  function follow(i, at,    family, device, to, has, now, j, last, pairs, pair, from) {
    if ((kind_of[i] in unseen) || !look_at_addresses()) return
    family = substr(kind_of[i], 6)
    device = device_of[i]
    to = substr(prefixes_of[i], length(" from @" device) + 1)
    print "follows\t" key_of[i] "\t" device sources[family, device]
    has = split(sources[family, device], now, " ")
    if (!has) tell("pending: " key_of[i] ": " device " has no address")
    for (j = 1; j <= has; j++)
      if (!((at " from " now[j] to) in there))
        print "missing\t" stage_of[i] "\t" channel_of[i] "\t" key_of[i] "\t" with_source(i, now[j]) "\t" adopts_of[i]
    last = split(standing[at], pairs, "\n")
    for (j = 1; j < last; j++) {
      pair = pairs[j]
      if (pair !~ /^ from /) continue
      from = field_at(pair, 2)
      if (substr(pair, length(" from " from) + 1) != to || has_source(family, device, from)) continue
      if (has || (family, from) in taken) print "surplus\t" channel_of[i] "\t" key_of[i] "\t" with_source(i, from)
    }
  }

  function has_source(family, device, source) { return index(" " sources[family, device] " ", " " source " ") }

  # The line of an entry, for one of the sources.
  function with_source(i, source,    line) {
    line = line_of[i]
    return substr(line, 1, index(line, " from @") + 5) source substr(line, index(line, " from @") + length(" from @" device_of[i]))
  }

  # What devices have. Those that are not usable yet, or no more, count: a rule needs no valid address. A duplicate never will be.
  function look_at_addresses(    i, word, family, source) {
    if (looked) return !("addresses" in unseen)
    looked = 1
    show("-o address show up scope global", "addresses")
    for (i = 1; i <= count; i++) {
      split(shown[i], word, " ")
      if (word[3] !~ /^inet6?$/ || shown[i] ~ / dadfailed/) continue
      family = word[3]
      source = word[4]
      # Of a peer pair no length is said here.
      if (family == "inet6" && source ~ /\/64$/) source = network64(source)
      else sub(/\/.*/, "", source)
      if (!has_source(family, word[2], source)) sources[family, word[2]] = sources[family, word[2]] " " source
      taken[family, source] = 1
    }
    return !("addresses" in unseen)
  }

  # The network of 64 bits in which an address lies, as the kernel prints it.
  function network64(address,    head, tail, before, behind, group, i) {
    sub(/\/.*/, "", address)
    i = index(address, "::")
    before = split(i ? substr(address, 1, i - 1) : address, head, ":")
    behind = i ? split(substr(address, i + 2), tail, ":") : 0
    for (i = 1; i <= 4; i++) group = group (i <= before ? head[i] : i > 8 - behind ? tail[i - 8 + behind] : 0) ":"
    while (group ~ /:0:$/) sub(/0:$/, "", group)
    return group ":/64"
  }
'
