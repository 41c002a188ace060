# shellcheck shell=sh
# Puts back what is persisted and is not there. Adds only: it replaces nothing, deletes nothing, and leaves alone what is not ours.
#   replay             adds what is missing
#   replay --check     prints what is missing, and exits with 1 if anything is
#   replay --monitor   adds what is missing, whenever it may be: after events of links, addresses, rules, next hops, and once a minute
#   replay --disable   break-glass: from now on does nothing, also after a reboot; what is in the kernel stays
#   replay --enable    the end of that
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
objects=$etc/objects
tab='	'
nl='
'
restored='' held='' history='' quiet='' locked='' told=''

tell() { printf '%s\n' "$*" >&2; }

# Once, as long as it stays so: the monitor looks every minute.
tell_once() {
  case $nl$told in *"$nl$*$nl"*) ;; *) tell "$*" ;; esac
  telling="$telling$*$nl"
}

# `ip -batch` can run commands: what another user may write is refused.
trusted() { # TYPE PATH MODE UID, these as `ls -n` has them
  case $3 in
    l*) tell_once "refused: $2 is a link" ;;
    ?????w* | ????????w*) tell_once "refused: $2 is writable by others" ;;
    "$1"*)
      [ "$4" != 0 ] || return 0
      tell_once "refused: $2 is not root's"
      ;;
    *) tell_once "refused: $2 is no file" ;;
  esac
  refused=1
  return 1
}

# Reads the objects: sets entries, a line CHANNEL KEY ID STACK OWNER LINE each (tabs between), and what of the kernel there is to look at.
# Loops over text in memory: `read` takes a system call a byte.
load() {
  entries='' owners='' kinds='' refused='' files=$nl
  [ -d "$objects" ] || return 0
  IFS=$nl
  set -f
  for listed in $(set +f && ls -ldn "$etc" "$objects" "$objects"/*); do
    IFS=' '
    # shellcheck disable=SC2086 # split on purpose
    set -- $listed
    IFS=$nl
    case $listed in
      *" $etc" | *" $objects") trusted d "${listed##* }" "$1" "$3" || { files=$nl && break; } ;;
      *) ! trusted - "$objects/${listed##*/}" "$1" "$3" || files="$files${listed##*/}$nl" ;;
    esac
  done
  header=''
  # shellcheck disable=SC2086 # split on purpose
  [ "$files" = "$nl" ] || for line in $(cd "$objects" && cat -- $files); do
    case $line in '#'*) header=$line && continue ;; esac
    load_line
  done
  set +f
  unset IFS
}

load_line() {
  IFS=$tab
  # shellcheck disable=SC2086 # split on purpose
  set -- $header
  IFS=$nl
  header=''
  case ${1-} in
    '# pulumi-policy-routing 1') ;;
    '# pulumi-policy-routing '*) refuse "$2 is of a version that this script does not know" && return ;;
    *) refuse "a line that is none of ours: $line" && return ;;
  esac
  case $files in *"$nl$2$nl"*) ;; *) refuse "$2 has another name" && return ;; esac
  case $3$line in
    4'rule add '* | 4'route add '*) family=inet ;;
    6'rule add '* | 6'route add '*) family=inet6 ;;
    [46N]'nexthop add '*) family=any ;;
    s'sysctl '[!/]*) case $line in */*) refuse "$2 holds none of our lines" && return ;; *) family=any ;; esac ;;
    *) refuse "$2 holds none of our lines" && return ;;
  esac
  kind="${line%% *} $family"
  case $kinds in *"$nl$kind$nl"*) ;; *) kinds="$kinds$nl$kind$nl" ;; esac
  case $nl$owners in *"$nl$8$nl"*) ;; *) owners="$owners$8$nl" ;; esac
  entries="$entries$3$tab$4$tab$5$tab$6$tab$8$tab$line$nl"
}

refuse() {
  tell_once "refused: $*"
  refused=1
}

# The keys of what the kernel has under our tags, a line `KEY OWNER` each.
look_at_kernel() {
  there=$nl
  IFS=$nl
  set -f
  for family in inet inet6; do
    if [ "$family" = inet ]; then channel=4; else channel=6; fi
    case $kinds in
      *"${nl}rule $family$nl"*) for line in $(ip "-$channel" -N rule show); do note "rule $family ${line%%:*}"; done ;;
    esac
    case $kinds in
      *"${nl}route $family$nl"*)
        for owner in $owners; do
          for line in $(ip "-$channel" -N -o route show table all proto "$owner" 2>/dev/null); do note_route; done
        done
        ;;
    esac
  done
  case $kinds in
    *"${nl}nexthop any$nl"*)
      for line in $(ip -N nexthop show); do
        key=${line#id }
        note "nexthop ${key%% *}"
      done
      ;;
  esac
  set +f
  unset IFS
}

note() { # KEY; the tag stands in the line
  case $line in
    *' proto '*)
      tag=${line##* proto }
      there="$there$1 ${tag%% *}$nl"
      ;;
  esac
}

# The key of a line of `ip route show`.
note_route() {
  IFS=" $tab"
  # shellcheck disable=SC2086 # split on purpose
  set -- $line
  IFS=$nl
  case $1 in [0-9] | [0-9][0-9] | unicast | local | broadcast | multicast | blackhole | unreachable | prohibit | throw) shift ;; esac
  key=$1
  shift
  table=main from='' tos='' metric=''
  while [ $# -gt 1 ]; do
    case $1 in
      table) table=$2 ;;
      from) from=" from $2" ;;
      tos) tos=" tos $2" ;;
      metric) metric=" metric $2" ;;
      nexthop) break ;;
      dev) shift ;;
      # A tunnel has words that a route has too.
      encap) [ "${2-}" != ip ] || shift 10 ;;
    esac
    shift
  done
  case $table in 254) table=main ;; 253) table=default ;; 255) table=local ;; esac
  case $family$metric in 'inet6 metric 1024' | 'inet metric 0') metric='' ;; esac
  there="${there}route $family table $table $key$from$tos$metric $owner$nl"
}

# Sets missing: what the kernel lacks; and owned: what the register lacks. What was let go since the boot and could not be removed from
# the disk is not missing.
look() {
  missing='' owned='' telling='' registered=$nl
  load
  [ -n "$entries" ] || return 0
  look_at_kernel
  IFS=$nl
  set -f
  # shellcheck disable=SC2013 # lines, by IFS
  [ ! -s "$run/register" ] || for line in $(cat "$run/register"); do
    case $line in *"$tab"*) registered="$registered${line%%"$tab"*}${tab}owned$nl" ;; *) registered="$registered$line${tab}gone$nl" ;; esac
  done
  for entry in $entries; do
    IFS=$tab
    # shellcheck disable=SC2086 # split on purpose
    set -- $entry
    IFS=$nl
    state=${registered##*"$nl$2$tab"}
    if [ "$1" = s ]; then
      [ "$state" != "$registered" ] || look_at_sysctl "$@"
      continue
    fi
    [ "$state" != "$registered" ] || { state='' && owned="$owned$2$tab$3$tab$4$nl"; }
    case $state in gone*) continue ;; esac
    # A displaced rule has its own key in the register, and its own tag in the kernel.
    case $there in *"$nl${2% staging} $5$nl"*) ;; *) missing="$missing$1$tab$2$tab$6$nl" ;; esac
  done
  set +f
  unset IFS
}

# A setting of a device is put back once after a boot; what somebody sets it to later is his. The register remembers what it was.
look_at_sysctl() { # CHANNEL KEY ID STACK OWNER LINE
  words=${6#sysctl }
  file=${words%% *} value=${words##* }
  device=${words#* }
  device=${device%% *}
  was=''
  { read -r was <"/proc/sys/net/ipv4/conf/$device/$file"; } 2>/dev/null
  [ -n "$was" ] || { tell_once "pending: $2: there is no device $device" && return; }
  owned="$owned$2$tab$3$tab$4$tab$was $value$nl"
  [ "$was" = "$value" ] || missing="$missing$1$tab$2$tab$6$nl"
}

# One object. What has to wait for a device or an address is no failure.
add() { # CHANNEL KEY LINE
  case $nl$held in *"$nl$2$tab"*) return ;; esac
  if [ "$1" = s ]; then
    words=${3#sysctl }
    device=${words#* }
    printf '%s\n' "${words##* }" >"/proc/sys/net/ipv4/conf/${device%% *}/${words%% *}" && restored="$restored$2$nl" && tell "set $2"
    return
  fi
  if answer=$(printf '%s\n' "$3" | ip "-$1" -batch - 2>&1); then
    restored="$restored$2$nl"
    tell "added $2"
    return
  fi
  answer=${answer%%"$nl"*}
  case $answer in
    *'File exists'*) tell_once "not added: something else stands in the place of $2" ;;
    *'Cannot find device'* | *'is down'* | *unreachable* | *'invalid gateway'* | *'Invalid source'* | *'No route to host'* | *'nvalid prefsrc'* | *'does not exist'* | *'Cannot assign'*)
      tell_once "pending: $2: $answer"
      ;;
    *)
      tell_once "not added: $2: $answer"
      bad=1
      ;;
  esac
}

# True when everything was looked at; 2 when somebody holds the host. The lock is taken only where something is to be done, and only
# if nothing happened since we looked.
pass() {
  restored='' bad='' refused=''
  [ ! -e "$etc/disabled" ] || return 0
  ! lock_held || return 2
  seen=$lock
  look
  if [ -n "$missing$owned" ]; then
    umask 077
    trap unlock EXIT
    trap 'exit 1' HUP INT TERM
    locked=1
    take_lock "r-$$" "$seen" 20 'replay, which puts back what is persisted' || { unlock && return 2; }
    IFS=$nl
    for entry in $missing; do
      IFS=$tab
      # shellcheck disable=SC2086 # split on purpose
      set -- $entry
      unset IFS
      add "$@"
      IFS=$nl
    done
    unset IFS
    [ -z "$owned" ] || printf '%s' "$owned" >>"$run/register"
    unlock
  fi
  told=$telling
}

unlock() {
  [ -n "$locked" ] || return 0
  release_lock "r-$$"
  rm -rf "${run:?}/r-$$"
  locked=''
}

once() {
  tries=0
  until pass; do
    tries=$((tries + 1))
    [ $tries -lt 20 ] || { tell 'another transaction holds the host' && return 1; }
    sleep 0.5
  done
  [ -z "$bad$refused" ]
}

check() {
  look
  IFS=$nl
  for entry in $missing; do
    IFS=$tab
    # shellcheck disable=SC2086 # split on purpose
    set -- $entry
    case $1 in s) printf 'missing: %s\n' "$3" ;; *) printf 'missing: %s: ip -%s %s\n' "$2" "$1" "$3" ;; esac
    IFS=$nl
  done
  [ -z "$missing$refused" ]
}

# What vanishes three times in a minute, though no link and no address changed, is removed by somebody: it is left to him for five minutes.
count_vanished() {
  uptime_now
  held=$(still_true "$held" 0)
  history=$(still_true "$history" 60)
  for key in $restored; do
    case $key in rule*) ;; *) [ -n "$quiet" ] || continue ;; esac
    history="$history$nl$key$tab$now$nl"
    case $history in
      *"$nl$key$tab"*"$nl$key$tab"*"$nl$key$tab"*)
        held="$held$nl$key$tab$((now + 300))$nl"
        tell "something on this host removes $key again and again: left alone for five minutes"
        ;;
    esac
  done
  if [ -n "$held" ]; then printf '%s\n' "$held" >"$run/fought"; elif [ -e "$run/fought" ]; then rm -f "$run/fought"; fi
}

# Those of the lines KEY, tab, SECONDS that are not over.
still_true() { # LINES SECONDS
  for one in $1; do
    [ $((${one##*"$tab"} + $2)) -le "$now" ] || printf '%s%s\n' "$nl" "$one"
  done
}

# Any line means "look", also one that says that events were lost. `dd` takes whatever came in one read: a process a line would cost too much.
monitor() {
  [ ! -e "$etc/disabled" ] || { tell disabled && return 0; }
  umask 077
  mkdir -p "$run"
  process $$ && printf '%s %s\n' $$ "$start" >"$run/monitor"
  what='link address rule' pause='' soon=0
  ! ip nexthop show >/dev/null 2>&1 || what="$what nexthop"
  {
    echo first
    while sleep 60 >/dev/null; do echo tick; done &
    # shellcheck disable=SC2086 # split on purpose
    ip monitor label $what 2>&1
    kill $!
  } | while
    events=$(dd bs=65536 count=1 2>/dev/null)
    [ -n "$events" ]
  do
    uptime_now
    [ "$now" -lt "$soon" ] || pause=0.2
    [ "$events" = first ] || sleep 0.2
    # Whoever changes something now is not to be hindered; afterwards it is looked at.
    until pass; do sleep 1; done
    case $events in *'[LINK]'* | *'[ADDR]'*) quiet='' ;; *) quiet=1 ;; esac
    if [ -n "$restored$held" ]; then
      IFS=$nl
      count_vanished
      unset IFS
    fi
    # After a quiet time it looks again soon: an event may come in the middle of a look. While events go on, less and less often: once a
    # second is within what a link may take; where they come in hundreds, every five.
    sleep "$pause"
    case $pause in 0.2) pause=0.5 ;; *) pause=1 ;; esac
    [ ${#events} -lt 4096 ] || sleep 3.5
    uptime_now
    soon=$((now + 5))
  done
}

[ "${1-}" = --disable ] || in_first_netns || {
  tell 'not done: what is persisted belongs to the network namespace of PID 1, and this is another'
  exit 1
}
case ${1-} in
  '') once ;;
  --check) check ;;
  --monitor) monitor ;;
  --disable)
    : >"$etc/disabled" && { [ ! -d /run/systemd/system ] || systemctl stop policy-routing.service 2>/dev/null || :; } &&
      tell "Disabled. What is in the kernel stays: \`ip rule flush proto 214\` and \`ip route flush table all proto 214\` would empty it."
    ;;
  --enable)
    rm -f "$etc/disabled" && { [ ! -d /run/systemd/system ] || systemctl start policy-routing.service; } && once
    ;;
  *)
    tell 'usage: replay [--check | --monitor | --disable | --enable]'
    exit 2
    ;;
esac
