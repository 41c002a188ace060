# shellcheck shell=sh
# Routes at some destinations. The kernel finds a table, but no destination in it: `ip` goes through the whole table for each question, in
# 0.3 s where it holds a million routes. To send all of it would take a hundred times as long, and gigabytes at the other end.

# Up to so few destinations are asked for one by one.
few=8

crowded() { # FAMILY
  case $1 in 4) routes=${routes4-} ;; *) routes=${routes6-} ;; esac
  if [ -z "$routes" ]; then
    count_routes "$1"
    case $1 in 4) routes4=$routes ;; *) routes6=$routes ;; esac
  fi
  [ "$routes" -gt "$crowded_from" ]
}

# Main and local are one for the kernel while there are no rules but its own; it tells it twice.
count_routes() { # FAMILY: sets routes
  routes=0 last=''
  if [ "$1" = 4 ]; then
    while read -r word number _; do
      case $word$number in
        "Prefixes:$last") ;;
        Prefixes:*) routes=$((routes + number)) last=$number ;;
      esac
    done </proc/net/fib_triestat
  else
    read -r _ _ _ number _ </proc/net/rt6_stats && routes=$((0x$number))
  fi
} 2>/dev/null

# Not by `ip -batch`: there the kernel is not asked to filter, and each line goes through all tables.
# Of our own the kernel finds all in no time: it filters by tag.
routes_to() { # FAMILY TABLE [TAG...], destinations on standard input
  if ! crowded "$1"; then
    routes "$1" "$2"
    return
  fi
  family=$1 table=$2
  shift 2
  for tag; do show "ours $family $table $tag" "-$family" route show table "$table" proto "$tag"; done
  destinations=$(cat)
  # shellcheck disable=SC2086 # split on purpose
  set -- "$family" "$table" $destinations
  if [ $# -gt $((2 + few)) ] && command -v awk >/dev/null; then
    { printf '%s\n' "$destinations" && show "picked $1 $2" "-$1" route show table "$2"; } | pick
    return
  fi
  for destination in $destinations; do show "exact $1 $2 $destination" "-$1" route show table "$2" exact "$destination"; done
}

# Destinations, a line each, an empty line, and one JSON array: the objects of these destinations, and what is no object as it stands.
# Each object begins with its type, which none that lies in one does.
pick() {
  awk '
    RS == "\n" && $0 != "" { wanted[$0] = 1; next }
    RS == "\n" { RS = "{"; ORS = ""; print "\n"; next }
    { last = $0 }
    !begun && !/^"type":/ { print; next }
    {
      begun = 1
      if (/^"type":/) {
        give()
        destination = substr($0, index($0, ",\"dst\":\"") + 8)
        taken = substr(destination, 1, index(destination, "\"") - 1) in wanted
      }
      if (taken) object = object "{" $0
    }
    END {
      rest = match(last, /\}\]\n/) ? substr(last, RSTART + 1) : ""
      object = substr(object, 1, length(object) - (taken ? length(rest) : 0))
      give()
      print rest
    }
    function give() {
      if (taken) {
        sub(/,$/, "", object)
        print between object
        between = ","
      }
      object = ""
    }'
}

locks_to() { # FAMILY TABLE, destinations on standard input
  if ! crowded "$1"; then
    locks "$@"
    return
  fi
  destinations=$(cat)
  # shellcheck disable=SC2086 # split on purpose
  set -- "$1" "$2" $destinations
  if [ $# -gt $((2 + few)) ]; then
    locks "$1" "$2"
    return
  fi
  for destination in $destinations; do locks "$1" "$2" exact "$destination"; done
}
