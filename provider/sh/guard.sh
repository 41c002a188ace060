# shellcheck shell=sh
# The timed undo. It needs nothing of the controller: its deadline is in seconds of /proc/uptime, which no clock step moves and
# which counts while the machine sleeps.
armer='' watcher=''
# Seconds beyond its time for which an undo that fails is tried again before whoever comes ends it as it is.
undo_patience=60

watch() { # DIR DEADLINE
  dir=$1
  deadline=$2
  mark=guard patient=1
  cd /
  # Two watch where systemd restarts none: the first starts the second, and is enough to tell. Each leads its own group: what ends one leaves
  # the other.
  if [ "$watcher" = 1 ]; then setsid sh "$dir/guard" 2 & fi
  [ -s "$dir/watching" ] || [ "$watcher" = 2 ] || prove
  exec >/dev/null 2>&1 # whoever armed it waits for this
  while :; do
    left=0
    if [ -e "$dir/armed" ]; then
      if is_due; then fire; else left=$((deadline - now)); fi
    elif firing "$dir"; then
      pauses || fire
    else
      return 0
    fi
    if [ "$left" -gt 1 ]; then nap 99; else nap 50; fi
  done
}

# Whoever holds a change under guard gives it more time.
is_due() {
  { read -r deadline <"$dir/deadline"; } 2>/dev/null
  uptime_now
  [ "$now" -ge "$deadline" ]
}

# What the guard will need when nobody can help it any more, as it finds it: the network namespace and the `ip` of the shell that arms it, and
# leave to change something. Told by files (that shell has its `ip` open), and by deleting a rule which nobody can have.
prove() {
  came_back=''
  if ! in_netns_of "/proc/$armer"; then
    found='the guard would run in another network namespace'
  elif ! find_ip; then
    found='the guard finds no ip' came_back="PATH=$PATH"
  elif ! same_file "$ip" "/proc/$armer/fd/9"; then
    found="the guard would run another ip, $ip"
  else
    came_back=$(ip -4 rule del pref 4294967295 from 255.255.255.255 to 255.255.255.255 iif lo fwmark 0xffffffff table 4294967295 2>&1)
    case $came_back in
      *'No such file or directory'*) found=ready ;;
      *) found='the guard may not change anything' ;;
    esac
  fi
  printf '%s\n%s\n' "$found" "$came_back" 2>/dev/null >"$dir/watching"
}

# An undo that failed lets go until a time, which stands in the name of its state: firing.0.TIME.SECONDS. Whoever comes may go on in its
# place; the guard itself waits, longer each time.
pauses() {
  case $firer in
    */firing.0.*.*)
      until=${firer%.*}
      uptime_now
      [ "$now" -lt "${until##*.}" ]
      ;;
    *) return 1 ;;
  esac
}

# Undoes, unless the change was confirmed or another one is at it. If that one died, goes on in its place: the undo is right when it runs twice.
fire() {
  process $$ || return 1
  me=$dir/firing.$$.$start
  pause=1
  for state in armed unguarded; do
    if mv "$dir/$state" "$me" 2>/dev/null; then
      # It got more time in this very moment: whoever was told so is right.
      if [ "${mark-}" = guard ] && ! is_due; then
        mv "$me" "$dir/armed"
        return 1
      fi
      undo_all
      return
    fi
  done
  firing "$dir" || return 1
  # Of two guards one may have tried, and failed again, since the other one saw that it is time.
  [ -z "${patient-}" ] || ! pauses || return 1
  if [ "$firer" != "$me" ]; then
    since=${firer##*/firing.}
    pid=${since%%.*}
    since=${since#*.}
    if [ "$pid" = 0 ]; then
      pause=${since#*.}
    elif process "$pid" && [ "$start" = "$since" ]; then
      return 1
    fi
    mv "$firer" "$me" 2>/dev/null || return 1
  fi
  undo_all
}

# Whoever waits for the host undoes what a guard did not. While an undo that fails may still come through it is not ended as it is: who comes
# by another way than the one that was cut off would leave that cut off.
fire_overdue() { # DEADLINE
  patient=''
  [ "$now" -gt $(($1 + undo_patience)) ] || patient=1
  if [ -n "$patient" ] && firing "$dir" && pauses; then
    patient=''
    return 1
  fi
  fire
  set -- $?
  patient=''
  return "$1"
}

# By hand, at the console: what it did not undo, and why, is told.
fire_now() {
  if fire; then
    [ -n "$complaints" ] || return 0
    printf '%s' "$complaints" >&2
  else
    why_not >&2
  fi
  return 1
}

why_not() {
  # By the host's clock, for whoever sits before it. Not every `date` can.
  ended=$(date -r "$dir/result" '+ at %Y-%m-%d %H:%M:%S' 2>/dev/null)
  if [ -e "$dir/confirmed" ]; then
    echo "nothing to undo: confirmed$ended"
  elif [ ! -e "$dir/fired" ]; then
    if firing "$dir"; then echo 'it is being undone already'; else echo 'nothing to undo: nothing was begun'; fi
  elif grep -q '^failed$' "$dir/result" 2>/dev/null; then
    echo "it was undone$ended, but not all of it:"
    sed 1,2d "$dir/result"
  else
    echo "nothing to undo: it was undone$ended"
  fi
}

# The guard tries again for as long as nobody ends it. The controller that made the change, and is told how it ended, tries for a second, then
# ends it as it is: the next change repairs it. Anybody else does so later: the host is not to be held for ever.
undo_all() {
  await_applying
  tries=1
  until undo_once; do
    [ -z "${patient-}" ] || { try_later && return; }
    [ $tries -lt 3 ] || break
    tries=$((tries + 1))
    nap 50
  done
  [ -z "$stuck" ] || keep_owners
  uptime_now
  tell_result "${undoer:-fired}"
  mv "$me" "$dir/fired" 2>/dev/null || return 1
  release_lock "${dir##*/}"
  if [ -z "$complaints" ]; then audit_undo undone; else audit_undo "undo FAILED: $complaints"; fi
}

# Whoever is still changing something gets five seconds, then is ended: nothing may come after the undo.
await_applying() {
  began=$slept
  while [ -s "$dir/applying" ]; do
    pid='' since=''
    read -r pid since <"$dir/applying"
    [ "$pid" != $$ ] || break
    if ! process "${pid:-0}" || [ "$start" != "$since" ]; then break; fi
    [ $((slept - began)) -lt 500 ] || end_holder "$pid" "$since"
    [ $((slept - began)) -lt 600 ] || break
    nap 10
  done
}

# True when all of it was undone.
undo_once() {
  complaints='' stuck='' changes=0
  if [ -s "$dir/undo" ]; then
    # shellcheck source=/dev/null # written by put, and counted
    . "$dir/undo"
  elif [ -e "$dir/applying" ]; then
    complain "$dir/undo is gone"
  fi
  # A name that no function uses which an undo calls: there are no local variables here.
  remaining=$changes
  while [ "$remaining" -gt 0 ]; do
    undo "$remaining"
    remaining=$((remaining - 1))
  done
  # Nobody else wrote to the register: the lock is ours.
  [ -n "$stuck" ] || ! old_register || cut_register "$size"
  [ -z "$complaints" ]
}

old_register() { # sets size: the register's before the change
  size=''
  { read -r size <"$dir/register.size"; } 2>/dev/null
}

# What an undo could not take away stays in its owner's name: it is his to change and to remove. What was let go of has its old owner again.
keep_owners() {
  old_register && [ -e "$run/register" ] || return 0
  owned=$(tail -c "+$((size + 1))" "$run/register" | grep '	')
  cut_register "$size"
  [ -z "$owned" ] || printf '%s\n' "$owned" 2>/dev/null >>"$run/register"
}

# What came back from an undo that did not do what it should. A few lines say as much as many.
complain() { # TEXT; sets stuck: something may still be as the change made it
  stuck=1
  [ ${#complaints} -gt 1500 ] || complaints="$complaints$1
"
}

try_later() {
  uptime_now
  tell_result firing
  later=$dir/firing.0.$((now + pause)).$((pause < 16 ? pause * 2 : 30))
  mv "$me" "$later" 2>/dev/null || return 1
  [ "$pause" -ne 1 ] || audit_undo "undo FAILED, and is tried again: $complaints"
}

# The first line says how it ended; behind a line `failed` comes what came back.
tell_result() { # WORD
  { printf '%s at %s\n' "$1" "$now" && { [ -z "$complaints" ] || printf 'failed\n%s' "$complaints"; }; } 2>/dev/null >"$dir/result"
}

audit_undo() { # WHAT; the first line of it is told
  holder=''
  { read -r holder <"$dir/holder"; } 2>/dev/null
  printf 'transaction %s of %s: %s\n' "${dir##*/}" "$holder" "$1" | audit || :
}
