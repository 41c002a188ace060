# shellcheck shell=sh
# Puts back what is persisted as soon as it is missing, and leaves to others what they remove again and again.

# What vanishes three times in a minute, though no link and no address changed, is removed by somebody: it is left to him for five minutes.
# Of a set of rules each counts by itself: whoever takes them one after the other takes none again. What had to come because a device that is
# followed has something else is not counted. Lines `history KEY WHEN LINE` and `held KEY UNTIL`, with tabs between.
count_vanished() {
  uptime_now
  vanished=$(printf '%s\n' "$vanished" "$follows" = "$found" "$result" | awk -F "$tab" -v now="$now" -v quiet="$quiet" '
    $1 == "=" { second = 1 }
    $1 == "follows" && !second { before[$2] = $3 }
    $1 == "follows" && second && before[$2] != $3 { moved[$2] = 1 }
    $1 == "held" && $3 > now { print }
    $1 == "history" && $3 + 60 > now {
      print
      times[$2, $4]++
    }
    $1 == "missing" { lines[$4] = lines[$4] FS $5 }
    $1 ~ /^(added|took)$/ && (quiet || $2 ~ /^rule/) && !($2 in moved) && !counted[$2]++ {
      count = split(substr(lines[$2], 2), line, FS)
      often = 0
      for (i = 1; i == 1 || i <= count; i++) {
        print "history\t" $2 "\t" now "\t" line[i]
        if (++times[$2, line[i]] >= 3) often = 1
      }
      if (!often) next
      print "held\t" $2 "\t" now + 300
      print "something on this host removes " $2 " again and again: left alone for five minutes" | "cat >&2"
    }')
  if has "held$tab" "$vanished"; then lines_of held "$vanished" >"$run/fought"; elif [ -e "$run/fought" ]; then rm -f "$run/fought"; fi
}

# Of routes only default ones are an event, and only where a gateway is followed: a host may have a table of the whole internet, in which
# hundreds change a second. So what has come is read five times a second at most. The pipe is opened for each event: whoever keeps it open would
# hide that the other one, of links and addresses, has ended.
hear_routes() {
  if [ -n "$hearing" ] && kill -0 "$hearing" 2>/dev/null; then return 0; fi
  ip monitor route 2>&1 | while
    heard=$(dd bs=65536 count=1 2>/dev/null)
    [ -n "$heard" ] && kill -0 $$ 2>/dev/null
  do
    case $nl$heard in *"${nl}default "* | *"${nl}Deleted default "* | *netlink*) { echo again >/proc/self/fd/3; } 2>/dev/null ;; esac
    nap 20
  done &
  hearing=$!
}

# The kernel takes routes away without an event, and some clients make theirs a while after the address. So where a gateway is followed, it is
# looked at again 1, 3, 7 ... 63 s after an event. What is written at the other end of the pipe is an event; who comes later, ends this.
look_again() {
  again=$((again + 1))
  echo "$again" >"$run/again"
  for wait in 1 2 4 8 16 32; do
    sleep $wait
    newest=''
    { read -r newest <"$run/again"; } 2>/dev/null
    [ "$newest" = "$again" ] || break
    echo again
  done >/proc/self/fd/3 2>/dev/null &
}

# Any line means "look", also one that says that events were lost. `dd` takes whatever came in one read: a process a line would cost too much.
monitor() {
  [ ! -e "$etc/disabled" ] || { tell disabled && return 0; }
  umask 077
  mkdir -p "$run"
  process $$ && printf '%s %s\n' $$ "$start" >"$run/monitor"
  what='link address rule' pause='' soon=0 storm=0 follows='' again=0 hearing=''
  export follows # for missing
  ! ip nexthop show >/dev/null 2>&1 || what="$what nexthop"
  {
    echo first
    while sleep 60 >/dev/null; do echo tick; done &
    # shellcheck disable=SC2086 # split on purpose
    ip monitor label $what 2>&1
    kill $!
  } | {
    exec 3<&0
    while
      events=$(dd bs=65536 count=1 2>/dev/null)
      [ -n "$events" ]
    do
      uptime_now
      [ "$now" -lt "$soon" ] || pause='nap 20' storm=0
      [ "$events" = first ] || nap 20
      # Whoever changes something now is not to be hindered; afterwards it is looked at.
      until pass; do sleep 1; done
      case $events in *'[LINK]'* | *'[ADDR]'*) quiet='' ;; *again*) ;; *) quiet=1 ;; esac
      if [ -n "$vanished" ] || has "added$tab" "$result" || has "took$tab" "$result"; then count_vanished; fi
      if has "follows${tab}route " "$found"; then
        hear_routes
        case $events in again | tick) ;; *) look_again ;; esac
      fi
      ! has "follows$tab" "$found" || follows=$(printf '%s\n' "$found" | grep "^follows$tab")
      # After a quiet time it looks again soon: an event may come in the middle of a look. While events go on, less often: a lease that changes
      # is several, and is to be followed within two seconds also where a look takes half of one; where they come in hundreds three times
      # without a quiet time between, every five. Once is no storm: NetworkManager tells all addresses anew for each advertisement.
      $pause
      pause='nap 50'
      if [ ${#events} -ge 4096 ]; then
        storm=$((storm + 1))
        [ $storm -lt 3 ] || sleep 4
      fi
      uptime_now
      soon=$((now + 5))
    done
  }
}
