# shellcheck shell=sh
# Adds what is missing: each stage and family in one `ip -batch`. It replaces nothing.

# The lines of `missing` and of what is held on standard input. Prints a line each, with tabs between: `added KEY`, `told TEXT`, `failed`.
# Where something is there already, though it was not seen, the first time `exists`: it is to be looked at again; then `stands KEY`. The first
# time also `each` where `ip` did not know a word and read no further. What it was given then comes again as `tried`, before what is missing
# still: that goes line by line, and the rest was added.
restore() { # first | again
  awk -F "$tab" '
    $1 == "held" { held[$2] = 1 }
    $1 == "tried" && !($4 in held) { added[$4] = each = 1 }
    $1 == "missing" && !($4 in held) {
      delete added[$4]
      group = each ? NR : $2 " " $3
      if (!(group in size)) {
        order[++groups] = group
        channel[group] = $3
      }
      size[group]++
      key[group, size[group]] = $4
      line[group, size[group]] = $5
    }
    END {
      for (i = 1; i <= groups; i++) {
        group = order[i]
        print "group"
        for (j = 1; j <= size[group]; j++) print "key\t" key[group, j]
        fflush()
        command = ENVIRON["renew"] (channel[group] == "s" ? sysctls() : "ip -" channel[group] " -force -batch - 2>&1; echo \"code $?\"")
        for (j = 1; j <= size[group]; j++) print line[group, j] | command
        close(command)
      }
      print "group"
      for (one in added) print "key\t" one
      print "code 0"
    }
    function sysctls() {
      return "number=0; while read -r _ path value; do number=$((number + 1)); " \
        "printf %s \"$value\" >\"/proc/sys/$path\" || echo \"Command failed -:$number\"; done 2>&1; echo \"code 0\""
    }' | outcomes "$1"
}

# What became of each, by what `ip` complained of: a complaint, then `Command failed -:LINE`.
outcomes() { # first | again
  awk -F "$tab" -v time="$1" '
    $0 == "group" { keys = 0; complaint = ""; next }
    $1 == "key" { key[++keys] = $2; next }
    /^Command failed -:[0-9]+$/ {
      sub(/.*:/, "")
      why[$0 + 0] = complaint
      complaint = ""
      next
    }
    /^code [0-9]+$/ {
      gave_up = substr($0, 6) > 125
      if (gave_up && keys == 1) why[1] = complaint
      if (gave_up && keys > 1) print "each"
      else
        for (i = 1; i <= keys; i++)
          if (i in why) explain(key[i], why[i])
          else print "added\t" key[i]
      for (i in why) delete why[i]
      next
    }
    complaint == "" { complaint = $0 }

    # What has to wait for a device or an address is no failure.
    function explain(key, text) {
      if (text ~ /File exists/) print (time == "first" ? "exists" : "stands\t" key)
      else if (text ~ /Cannot find device|is down|unreachable|invalid gateway|Invalid source|No route to host|is not up|nvalid prefsrc|does not exist|Cannot assign/)
        print "told\tpending: " key ": " text
      else print "told\tnot added: " key ": " text "\nfailed"
    }'
}

# The lines of `missing` on standard input. Takes away what devices that are followed have no more, by all its words and its tag, so that it is
# ours; where something is missing still, nothing. Prints `removed KEY WORDS`, `told TEXT`, `failed`.
remove_surplus() {
  awk -F "$tab" '
    $1 == "missing" { missing[$4] = 1 }
    $1 == "surplus" {
      key[++count] = $3
      channel[count] = $2
      words[count] = substr($4, length("rule add ") + 1)
    }
    END {
      for (i = 1; i <= count; i++) {
        if (key[i] in missing) continue
        command = ENVIRON["renew"] "ip -" channel[i] " rule del " words[i] " 2>&1 && echo done"
        answer = complaint = ""
        while ((command | getline answer) > 0) if (complaint == "") complaint = answer
        close(command)
        if (answer == "done") print "removed\t" key[i] "\t" words[i]
        else if (complaint !~ /No such file/) print "told\tnot removed: " key[i] ": " complaint "\nfailed"
      }
    }'
}

# The lines of `missing` on standard input. Replaces routes whose device has another gateway, where ours is the first at its key: `ip route
# replace` takes the first, and one behind another is not in use. Prints `replaced KEY WORDS`, `told TEXT`, `failed`.
replace_changed() {
  awk -F "$tab" -v default_metrics="$default_metrics" -v route_types="$route_types" '
    $1 == "changed" {
      channel[++count] = $2
      key[count] = $3
      words[count] = substr($4, length("route add ") + 1)
    }
    END {
      split(default_metrics, default_metric, " ")
      for (i = 1; i <= count; i++) {
        answer = complaint = first = ""
        command = "ip -" channel[i] " -N -o route show " place(words[i], channel[i]) " 2>&1"
        while ((command | getline answer) > 0) if (first == "") first = answer
        close(command)
        if (index(first " ", " proto " tag " ") == 0 || first ~ /nexthop /) {
          print "told\tnot changed: " key[i] ": another route stands there, or before it: " first
          continue
        }
        command = ENVIRON["renew"] "ip -" channel[i] " route replace " words[i] " 2>&1 && echo done"
        answer = ""
        while ((command | getline answer) > 0) if (complaint == "") complaint = answer
        close(command)
        if (answer == "done") print "replaced\t" key[i] "\t" words[i]
        else print "told\t" (complaint ~ /is down|Cannot find device|unreachable|not up/ ? "pending: " : "not changed: ") key[i] ": " complaint
      }
    }

    # What shows all that stands at the key of a route; sets its tag.
    function place(line, channel,    word, n, i, table, metric, tos) {
      n = split(line, word, " ")
      metric = default_metric[channel == 6 ? 2 : 1]
      tos = channel == 6 ? "" : " tos 0x0"
      table = "main"
      for (i = 1; i < n; i++) {
        if (word[i] == "table") table = word[i + 1]
        if (word[i] == "metric") metric = word[i + 1]
        if (word[i] == "tos") tos = " tos " word[i + 1]
        if (word[i] == "proto") tag = word[i + 1]
      }
      i = word[1] ~ "^(" route_types ")$" ? 2 : 1
      return "table " table " exact " word[i] tos " metric " metric
    }'
}
