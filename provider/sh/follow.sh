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

  # The line that is missing, or that is to come in the place of what stands; nothing while the device has no default route. An answer that
  # could not be had says nothing. When its link was down the kernel took the route away, and not every client makes its own again: while the
  # device has the addresses that it had then, it goes by what the service saw last, or found standing when it began.
  function follow_gateway(i, at,    family, device, way, has, seen) {
    family = substr(kind_of[i], 7)
    device = device_of[i]
    if ((kind_of[i] in unseen) || !look_at_ways(family, device) || !look_at_addresses()) return
    way = ways[family, device]
    has = sources[family, device]
    if (way == "") tell("pending: " key_of[i] ": " device " has no gateway")
    seen = way == "" ? last_way(key_of[i], device, has) : way "\t" has
    if (seen == "" && (at in there) && index(next_hop(route_of[at], 1) " ", " dev " device " ")) seen = next_hop(route_of[at], 1) "\t" has
    print "follows\t" key_of[i] "\t" device seen
    if (way == "" && has != "" && !(at in there)) way = substr(seen, 1, index(seen "\t", "\t") - 1)
    if (way == "") return
    if (!(at in there)) print "missing\t" stage_of[i] "\t" channel_of[i] "\t" key_of[i] "\t" with_way(i, way) "\t" adopts_of[i]
    else if (next_hop(route_of[at], 1) != way) print "changed\t" channel_of[i] "\t" key_of[i] "\t" with_way(i, way)
  }

  # Next hop and addresses of the last look, where the device has the same addresses, or none.
  function last_way(key, device, has,    line, count, i, field) {
    count = split(ENVIRON["follows"], line, "\n")
    for (i = 1; i <= count; i++) {
      split(line[i], field, "\t")
      if (field[2] != key || index(field[3] " ", device " ") != 1 || field[3] == device) continue
      if (has == "" || has == field[4]) return substr(field[3], length(device) + 1) "\t" field[4]
    }
    return ""
  }

  # The line of an entry, by this next hop.
  function with_way(i, way,    line, at) {
    line = line_of[i]
    at = index(line, " via @")
    return substr(line, 1, at - 1) way substr(line, at + length(" via @" device_of[i]))
  }

  # How a line of `ip route show` leaves, in the words of a command. A gateway is on the link of its device.
  function next_hop(line, whole,    word, count, i, via, dev, onlink) {
    count = split(line, word, " ")
    for (i = 2; i <= count; i++) {
      if (word[i] == "nexthop") return " several"
      if (word[i] == "via") {
        via = " via " word[i + 1]
        if (word[i + 1] ~ /^inet6?$/) via = via " " word[i + 2]
      }
      if (word[i] == "dev") dev = " dev " word[i + 1]
      if (word[i] == "onlink") onlink = " onlink"
    }
    return via dev (whole ? onlink : via == "" ? "" : " onlink")
  }

  # How default routes that are not ours leave by a device: main first, and there one by it alone before one that shares flows. Of two routers
  # of one metric, of which the kernel itself made the routes, it asks the one that is preferred.
  function look_at_ways(family, device,    option, i, first) {
    option = family == "inet6" ? "-6" : "-4"
    if (!((family, device) in asked)) {
      asked[family, device] = 1
      # By device the kernel looks for it, of whatever many routes.
      show(option " -N -o route show table main default dev " device, "ways " family " " device)
      for (i = 1; i <= count; i++) {
        if (!is_way(shown[i]) || shown[i] ~ /nexthop /) continue
        if (first == "") first = shown[i]
        else if (metric_in(shown[i]) != metric_in(first) || preference(shown[i]) <= preference(first)) continue
        first = shown[i]
        ways[family, device] = next_hop(first " dev " device)
      }
    }
    if ("ways " family " " device in unseen) return 0
    if (ways[family, device] != "") return 1
    if (!((family, "all") in asked)) {
      asked[family, "all"] = 1
      show(option " -N -o route show table all default", "ways " family)
      for (i = 1; i <= count; i++) if (is_way(shown[i]) && shown[i] !~ / table /) note_ways(family, shown[i])
      for (i = 1; i <= count; i++) if (is_way(shown[i]) && shown[i] ~ / table /) note_ways(family, shown[i])
    }
    if ("ways " family in unseen) return 0
    ways[family, device] = any_way[family, device]
    return 1
  }

  # A default route for all packets, and not of ours, whoever the stack is.
  function is_way(line,    word, tag) {
    if (line !~ /^default / || line ~ / (tos|encap) /) return 0
    tag = match(line, / proto [0-9]+/) ? substr(line, RSTART + 7, RLENGTH - 7) : 3
    return !(tag == default_owner || tag == default_owner + 1 || (tag in tags) || ((tag - 1) in tags) || (tag in named) || ((tag - 1) in named))
  }

  function metric_in(line) { return match(line, / metric [0-9]+/) ? substr(line, RSTART + 8, RLENGTH - 8) : 0 }

  function preference(line) { return line ~ / pref high( |$)/ ? 2 : line ~ / pref low( |$)/ ? 0 : 1 }

  function note_ways(family, line,    hop, count, i, device) {
    count = split(line, hop, /nexthop /)
    for (i = count > 1 ? 2 : 1; i <= count; i++) {
      if (!match(hop[i], / dev [^ ]+/)) continue
      device = substr(hop[i], RSTART + 5, RLENGTH - 5)
      if (any_way[family, device] == "") any_way[family, device] = next_hop((i > 1 ? "x " : "") hop[i])
    }
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
