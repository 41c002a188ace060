# shellcheck shell=sh
# A boot in which somebody's old file still acts: its route stands in the place of one that was declared with `adopt`, and says the same. It
# is taken back, in one `ip route replace`, so that it carries our tag again. What says anything else is left alone.

# The lines of `missing` and of `restore` on standard input, those of `stands KEY` among them. Prints a line each, with tabs between:
# `took KEY`, `told TEXT`.
take_back() {
  awk -F "$tab" -v default_metrics="$default_metrics" -v route_types="$route_types" '
    $1 == "missing" { channel[$4] = $3; line[$4] = $5; adopts[$4] = $6 }
    $1 == "stands" { keys[++count] = $2 }
    END {
      split(default_metrics, default_metric, " ")
      for (i = 1; i <= count; i++) {
        key = keys[i]
        if (adopts[key] && equal(channel[key], line[key]) && replace(channel[key], line[key])) print "took\t" key
        else print "told\tnot added: something else stands in the place of " key
      }
    }

    # What ip does not say, a person, ifupdown and the managers leave as their tag; what comes and goes by itself has one of its own.
    function equal(family, asked,    command, shown, found, same) {
      if (asked !~ /^route add / || !read_words(substr(asked, 11), wanted, family)) return 0
      if (wanted["to"] !~ /^(default|[0-9a-fA-F.:]+(\/[0-9]+)?)$/ || wanted["table"] !~ /^[a-z0-9]+$/) return 0
      command = "ip -" family " -o route show table " wanted["table"] " exact " wanted["to"] " 2>/dev/null"
      while ((command | getline shown) > 0) {
        if (!read_words(shown, has, family)) found = 2
        else if (has["metric"] == wanted["metric"] && has["from"] == wanted["from"] && has["tos"] == wanted["tos"]) {
          found++
          same = is_same(family)
        }
      }
      close(command)
      return found == 1 && same
    }

    function is_same(family,    word) {
      if (has["proto"] !~ /^(boot|static|unspec|none)?$/) return 0
      if (!("scope" in wanted) && has["scope"] == (has["via"] == "" ? "link" : "global")) delete has["scope"]
      if (!("pref" in wanted) && has["pref"] == "medium") delete has["pref"]
      if (!("dev" in wanted)) delete has["dev"]
      for (word in has) if (word !~ /^(proto|table|error)$/ && has[word] != wanted[word]) return 0
      for (word in wanted) if (word !~ /^(proto|table)$/ && has[word] != wanted[word]) return 0
      return 1
    }

    # False where it holds more than words with a value each.
    function read_words(text, into, family,    word, i, last, name) {
      for (i in into) delete into[i]
      last = split(text, word, " ")
      i = 1
      into["type"] = "unicast"
      if (word[i] ~ "^(" route_types ")$") into["type"] = word[i++]
      into["to"] = word[i++]
      into["table"] = "main"
      into["from"] = into["tos"] = into["proto"] = into["metric"] = ""
      for (; i <= last; i++) {
        if (word[i] ~ /^(nexthop|encap|nhid|expires)$/) return 0
        if (word[i] ~ /^(linkdown|dead|offload|rt_offload|trap|rt_trap|pervasive)$/) continue
        if (word[i] == "onlink") into["onlink"] = 1
        else {
          name = word[i++]
          into[name] = word[i]
          if (word[i] ~ /^(lock|inet6)$/) {
            into[name] = word[i] " " word[i + 1]
            i++
          }
        }
      }
      if (into["metric"] == default_metric[family == 6 ? 2 : 1]) into["metric"] = ""
      return 1
    }

    function replace(family, asked,    command) {
      sub(/^route add /, "route replace ", asked)
      command = ENVIRON["renew"] "ip -" family " -batch - 2>/dev/null"
      print asked | command
      return close(command) == 0
    }'
}
