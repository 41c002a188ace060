# shellcheck shell=sh
# What is persisted and not there. One awk reads the store, the kernel and the register, each once: its time grows with what there is.
# (A `case` or `${x##*y}` for each object looks through the whole text each time: 200 objects took 13 s.)
tab='	'
nl='
'
objects=$etc/objects

# Prints a line each, with tabs between:
#   missing STAGE CHANNEL KEY LINE [adopt]   persisted, and the kernel lacks it; of an object with several lines those that it lacks;
#                                    whether one that says the same may be taken over
#   surplus CHANNEL KEY LINE         what a device that is followed has no more: the rule of LINE goes, once nothing is missing under KEY
#   changed CHANNEL KEY LINE         a route that follows a gateway stands, and the device has another one: LINE comes in its place
#   follows KEY DEVICE[ SOURCE...]   what a device that is followed has now; of a route the words of its next hop, a tab, and sources
#   owned KEY ID STACK [MORE]        whose it is, which the register lacks
#   told TEXT                        for who reads the log
#   refused                          something of it could not be taken
missing() {
  [ -d "$objects" ] || return 0
  for folder in "$etc" "$objects"; do
    if [ -L "$folder" ]; then
      printf 'told\trefused: %s is a link\nrefused\n' "$folder"
      return
    fi
  done
  # shellcheck disable=SC2012 # `find` has no portable way to print modes and owners, and a command line has no room for all names
  ls -lan "$objects" | sysctl_paths=$sysctl_paths awk -v etc="$etc" -v objects="$objects" -v register="$run/register" \
    -v default_owner="$default_owner" -v default_metrics="$default_metrics" -v kernel_tables="$kernel_tables" -v route_types="$route_types" \
    -v plain_kinds="$plain_kinds" -v sysctl_spreads="$sysctl_spreads" -v stored_forms="$stored_forms" -v forms_of_several="$forms_of_several" "$following"'
    { mode[NR] = $1; uid[NR] = $3; name[NR] = $1 ~ /^l/ ? $(NF - 2) : $NF }
    END {
      for (i = 1; i <= NR; i++) {
        if (name[i] == ".") folders += trusted("d", objects, i)
        if (name[i] == "..") folders += trusted("d", etc, i)
      }
      if (folders < 2) exit
      split(default_metrics, default_metric, " ")
      of_a_form = "^# pulumi-policy-routing [" stored_forms "]\t"
      of_several = "^# pulumi-policy-routing [" forms_of_several "]\t"
      for (i = split(sysctl_spreads, word, ","); i > 0; i--) opposites_of[field_at(word[i], 1)] = substr(word[i], index(word[i] " ", " "))
      plain_kinds_known = split(plain_kinds, plain_kind, ",")
      for (i = split(kernel_tables, word, " "); i > 1; i -= 2) name_of_table[word[i]] = word[i - 1]
      for (i = 1; i <= NR; i++)
        if (mode[i] != "total" && name[i] !~ /^\.\.?$/ && trusted("-", objects "/" name[i], i)) load(name[i])
      for (one in kinds) look(one)
      read_register()
      for (i = 1; i <= rules; i++) look_before(i)
      for (i = 1; i <= entries; i++) compare(i)
    }

    function tell(text) { print "told\t" text }
    function refuse(text) { tell("refused: " text); print "refused" }

    # `ip -batch` can run commands: what another user may write is refused.
    function trusted(type, path, i) {
      if (mode[i] ~ /^l/) refuse(path " is a link")
      else if (mode[i] ~ /^.....w/ || mode[i] ~ /^........w/) refuse(path " is writable by others")
      else if (substr(mode[i], 1, 1) != type) refuse(path " is no file")
      else if (uid[i] != 0) refuse(path " is not root\047s")
      else return 1
      return 0
    }

    function load(file,    path, got, line, header) {
      path = objects "/" file
      while ((got = (getline line < path)) > 0) {
        if (line ~ /^#/) header = line
        else {
          load_line(file, header, line)
          if (header !~ of_several) header = ""
        }
      }
      close(path)
      if (got < 0) refuse(path " cannot be read")
    }

    # A kind that has a word of its own in `ip`, whose keys are words of what that shows. Sets plain[] to its name, channels, word and places.
    function is_plain(channel, line,    i) {
      for (i = 1; i <= plain_kinds_known; i++) {
        split(plain_kind[i], plain, " ")
        if (channel ~ /^[46N]$/ && index(plain[2], channel) && index(line, plain[3] " add ") == 1) return 1
      }
    }

    function load_line(file, header, line,    field, family, kind) {
      if (header !~ of_a_form) {
        split(header, field, "\t")
        if (header ~ /^# pulumi-policy-routing /) refuse(field[2] " is of a version that this script does not know")
        else refuse("a line that is none of ours: " line)
        return
      }
      split(header, field, "\t")
      if (field[2] != file) {
        refuse(field[2] " has another name")
        return
      }
      family = field[3] == 4 ? "inet" : "inet6"
      if (field[3] ~ /^[46]$/ && line ~ /^(rule|route) add /) kind = (line ~ /^rule/ ? "rule " : "route ") family
      else if (is_plain(field[3], line)) kind = plain[1] (plain[2] ~ /N/ ? "" : " " family)
      else if (field[3] == "s" && line ~ /^sysctl [^!]/ && !index(line, "/")) kind = "sysctl"
      else {
        refuse(field[2] " holds none of our lines")
        return
      }
      entries++
      stage_of[entries] = substr(file, 1, 2)
      channel_of[entries] = field[3]
      key_of[entries] = kind == "sysctl" ? field[4] : register_key(field[4], field[8])
      owner_of[entries] = field[5] "\t" field[6]
      tag_of[entries] = field[8]
      adopts_of[entries] = field[9]
      line_of[entries] = line
      # A set of rules: each of them must be there.
      if (header ~ of_several) {
        prefixes_of[entries] = prefixes(line, 5)
        size_of[key_of[entries]]++
      }
      if (prefixes_of[entries] ~ /^ from @/) device_of[entries] = substr(field_at(prefixes_of[entries], 2), 2)
      if (kind ~ /^route/ && match(line, / via @[^ ]+/)) device_of[entries] = substr(line, RSTART + 6, RLENGTH - 6)
      kind_of[entries] = kind
      kinds[kind] = 1
      tags[field[8]] = 1
    }

    function field_at(text, at,    word) {
      split(text, word, " ")
      return word[at]
    }

    # The key says every tag but the default; in form 1 it says none.
    function register_key(key, tag) {
      if (key ~ / proto /) return key
      if (key ~ / staging$/) tag--
      return tag == default_owner ? key : key " proto " tag
    }

    # What `ip` prints, in shown[1] to shown[count]. What it cannot show is not missing.
    function show(words, kind,    command, tries, line, torn) {
      command = "ip " words " 2>&1 || echo failed"
      torn = 1
      for (tries = 1; torn && tries <= 3; tries++) {
        count = torn = 0
        while ((command | getline line) > 0) {
          shown[++count] = line
          if (line ~ /^Dump was interrupted/) torn = 1
        }
        close(command)
      }
      # What a reading passed over would be taken for gone.
      if (torn && kind ~ /^(addresses|ways)/) {
        tell("the " (kind == "addresses" ? kind : "default routes") " change faster than ip can show them: looked at again")
        unseen[kind] = 1
      }
      if (count == 0 || shown[count] != "failed") return
      # No routes at all, none of this family, no such device: then nothing of it is there.
      if (kind == "addresses" || shown[1] !~ /not supported|does not exist|^Cannot find device/) {
        refuse("ip could not show what is there (" kind "): " shown[1])
        unseen[kind] = 1
      }
      count = 0
    }

    function look(kind,    option, i, word, tag) {
      option = kind ~ /inet6$/ ? "-6" : "-4"
      if (kind ~ /^rule/) {
        show(option " -N rule show", kind)
        for (i = 1; i <= count; i++) {
          split(shown[i], word, ":")
          note(kind " " word[1], shown[i])
          note_rule(kind, word[1], shown[i])
        }
      } else if (kind ~ /^route/) {
        for (tag in tags) {
          show(option " -N -o route show table all proto " tag, kind)
          for (i = 1; i <= count; i++) note_route(kind, shown[i], tag)
        }
      } else
        for (i = 1; i <= plain_kinds_known; i++) {
          split(plain_kind[i], plain, " ")
          if (index(kind " ", plain[1] " ") == 1) look_plain(kind, (plain[2] ~ /N/ ? "" : option " ") "-N " plain[3] " show", plain[4])
        }
    }

    function look_plain(kind, words, places,    i, j, key, place, last, word) {
      show(words, kind)
      last = split(places, place, "-")
      for (i = 1; i <= count; i++) {
        split(shown[i], word, " ")
        key = kind
        for (j = 1; j <= last; j++) key = key " " word[place[j]]
        note(key, shown[i])
      }
    }

    # The tag stands in the line.
    function note(key, line,    word, i) {
      for (i = split(line, word, " "); i > 1; i--)
        if (word[i - 1] == "proto") {
          there[key " " word[i]] = 1
          if (word[i] in tags) {
            there[key " " word[i] prefixes(line, 2)] = 1
            standing[key " " word[i]] = standing[key " " word[i]] prefixes(line, 2) "\n"
          }
          return
        }
    }

    # Source and destination of a rule, which are said first, behind "from all" for any source.
    function prefixes(line, at,    word, from, to) {
      split(line, word, " ")
      if (word[at] == "not") at++
      if (word[at] == "from") {
        if (word[at + 1] != "all") from = " from " word[at + 1]
        at += 2
      }
      if (word[at] == "to") to = " to " word[at + 1]
      return from to
    }

    # By what it chooses packets, and whose it is.
    function note_rule(kind, priority, line,    word, last, i) {
      rules++
      rule_of[rules] = kind " " priority
      words_of[rules] = line
      last = split(line, word, " ")
      for (i = 2; i <= last && word[i] !~ /^(lookup|goto|[0-9]+|blackhole|unreachable|prohibit|nop|l3mdev)$/; i += word[i] == "not" ? 1 : 2)
        choice_of[rules] = choice_of[rules] " " word[i] (word[i] == "not" ? "" : " " word[i + 1])
      proto_of[rules] = 0
      for (; i < last; i++) if (word[i] == "proto") proto_of[rules] = word[i + 1]
      passes[rules] = line ~ / (suppress_[a-z]+|goto|nop|9|l3mdev) /
    }

    # A rule of somebody else that chooses the same packets and stands before ours: what ours says of them is not asked for.
    function look_before(i,    tag, chooses) {
      tag = proto_of[i]
      chooses = substr(rule_of[i], 1, index(rule_of[i], " inet") + 5) choice_of[i]
      if (tag in tags) {
        if (chooses in before) tell("foreign, and before " rule_of[i] ", whose packets it takes: ip rule " before[chooses])
        return
      }
      if (rule_of[i] ~ / 0$/ || passes[i] || (chooses in before) || ((tag - 1) in tags) || ((rule_of[i] (tag == default_owner ? "" : " proto " tag)) in holds)) return
      gsub(/[ \t]+/, " ", words_of[i])
      before[chooses] = words_of[i]
    }

    # The key of a line of `ip route show`.
    function note_route(kind, line, tag,    word, count, i, key, table, from, tos, metric) {
      count = split(line, word, " ")
      i = word[1] ~ ("^([0-9][0-9]?|" route_types ")$") ? 2 : 1
      key = word[i]
      table = "main"
      while (++i < count) {
        if (word[i] == "nexthop") break
        if (word[i] == "table") table = word[i + 1]
        if (word[i] == "from") from = " from " word[i + 1]
        if (word[i] == "tos") {
          tos = " tos " word[i + 1]
          sub(/ 0x0/, " 0x", tos) # two digits here, as few as need be in our key
        }
        if (word[i] == "metric") metric = " metric " word[i + 1]
        if (word[i] == "dev") i++
        # A tunnel has words that a route has too.
        if (word[i] == "encap" && word[i + 1] == "ip") i += 10
      }
      if (table in name_of_table) table = name_of_table[table]
      if (metric == " metric " default_metric[kind ~ /inet6/ ? 2 : 1]) metric = ""
      key = kind " table " table " " key from tos metric " " tag
      there[key] = 1
      route_of[key] = line
    }

    # The last line of a key counts; one that is but a key lets go of it.
    function read_register(    line, end, key) {
      while ((getline line < register) > 0) {
        end = index(line, "\t")
        key = end ? substr(line, 1, end - 1) : line
        holds[key] = end > 0
        if (match(key, / proto [0-9]+$/)) named[substr(key, RSTART + 7)] = 1
      }
    }

    # What was let go since the boot and could not be removed from the disk is not missing.
    function compare(i,    key, seen) {
      key = key_of[i]
      if (kind_of[i] == "sysctl") {
        if (!(key in holds) || (holds[key] && is_young())) compare_sysctl(i, key in holds)
        return
      }
      if (!(key in holds)) {
        print "owned\t" key "\t" owner_of[i] (i in device_of ? "\t@" device_of[i] : size_of[key] > 1 ? "\t" size_of[key] : "")
        holds[key] = 1
      } else if (!holds[key]) return
      # A displaced rule has its own key in the register, and its own tag in the kernel.
      seen = key
      sub(/( staging)?( proto [0-9]+)?$/, "", seen)
      if (i in device_of && kind_of[i] ~ /^route/) follow_gateway(i, seen " " tag_of[i])
      else if (i in device_of) follow(i, seen " " tag_of[i])
      else if (!(kind_of[i] in unseen) && !((seen " " tag_of[i] prefixes_of[i]) in there)) report(i)
    }

    function report(i) { print "missing\t" stage_of[i] "\t" channel_of[i] "\t" key_of[i] "\t" line_of[i] "\t" adopts_of[i] }

    # A setting is put back after a boot; what somebody sets it to later is his. The register remembers what it was: where that is what it
    # should be, the register may have been lost since it was set, and nobody knows.
    function compare_sysctl(i, known,    word, path, was, is, spreads) {
      split(line_of[i], word, " ")
      path = path_of(word[2], word[3])
      if (path == "" || (getline was < ("/proc/sys/" path)) <= 0) {
        tell("pending: " key_of[i] ": there is no device " word[3])
        return
      }
      close("/proc/sys/" path)
      # The kernel writes that of all to every device, and its file comes first.
      is = word[2] in written ? written[word[2]] : was
      if (known && is == word[4]) return
      spreads = word[3] == "all" && (word[2] in opposites_of)
      print "owned\t" key_of[i] "\t" owner_of[i] "\t" (was == word[4] && is == was ? "?" : was) " " word[4] (spreads ? beside(word[2], was) : "")
      if (is == word[4]) return
      if (spreads) written[word[2]] = word[4]
      line_of[i] = "sysctl " path " " word[4]
      report(i)
    }

    # For so long after a boot others read sysctl.d: udev for each device that it comes upon, behind us.
    function is_young() {
      if (age == "") {
        getline age < "/proc/uptime"
        close("/proc/uptime")
      }
      return age + 0 < 120
    }

    # What a write of that of all changes and writing back what it was would not bring back.
    function beside(file, was,    command, line, part, value, text, i, other) {
      command = "grep -s . /proc/sys/" path_of(file, "*") " /dev/null"
      while ((command | getline line) > 0) {
        split(line, part, "/")
        value = substr(line, index(line, ":") + 1)
        if (part[7] != "all" && value != was) text = text " " file " " part[7] " " value
      }
      close(command)
      for (i = split(opposites_of[file], other, " "); i > 0; i--) {
        line = "/proc/sys/" path_of(other[i], "all")
        if ((getline value < line) > 0 && value == was) text = text " " other[i] " all " value
        close(line)
      }
      return text
    }

    function path_of(file, device,    all, i, word, star) {
      for (i = split(ENVIRON["sysctl_paths"], all, "\n"); i > 0; i--) {
        split(all[i], word, " ")
        star = index(word[2], "*")
        if (word[1] == file) return "net/" substr(word[2], 1, star - 1) device substr(word[2], star + 1)
      }
    }'
}
