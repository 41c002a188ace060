# shellcheck shell=sh
# The timed undo. It needs nothing of the controller: its deadline is in seconds of /proc/uptime, which no clock step moves and
# which counts while the machine sleeps.

watch() { # DIR DEADLINE
  dir=$1
  deadline=$2
  mark=guard
  cd /
  : >"$dir/watching"
  exec >/dev/null # whoever armed it waits for this
  while :; do
    if [ -e "$dir/armed" ]; then
      uptime_now
      [ "$now" -lt "$deadline" ] || fire
    elif firing "$dir"; then
      fire
    else
      return 0
    fi
    sleep 0.5
  done
}

# Undoes, unless the change was confirmed or another one is at it. If that one died, goes on in its place: the undo is right when it runs twice.
fire() {
  process $$ || return 1
  me=$dir/firing.$$.$start
  for state in armed unguarded; do
    if mv "$dir/$state" "$me" 2>/dev/null; then
      undo_all
      return
    fi
  done
  firing "$dir" || return 1
  if [ "$firer" != "$me" ]; then
    since=${firer##*/firing.}
    pid=${since%%.*}
    since=${since#*.}
    if process "$pid" && [ "$start" = "$since" ]; then return 1; fi
    mv "$firer" "$me" 2>/dev/null || return 1
  fi
  undo_all
}

# Whoever is still changing something gets five seconds, then is ended: nothing may come after the undo.
undo_all() {
  tries=0
  while [ -s "$dir/applying" ]; do
    pid='' since=''
    read -r pid since <"$dir/applying"
    [ "$pid" != $$ ] || break
    if ! process "${pid:-0}" || [ "$start" != "$since" ]; then break; fi
    tries=$((tries + 1))
    [ $tries -lt 50 ] || end_holder "$pid" "$since"
    [ $tries -lt 60 ] || break
    sleep 0.1
  done
  changes=0
  # shellcheck source=/dev/null # written by put, and counted
  [ ! -s "$dir/undo" ] || . "$dir/undo"
  # A name that no function uses which an undo calls: there are no local variables here.
  remaining=$changes
  while [ "$remaining" -gt 0 ]; do
    undo "$remaining"
    remaining=$((remaining - 1))
  done
  # Nobody else wrote to the register: the lock is ours.
  size=''
  { read -r size <"$dir/register.size"; } 2>/dev/null
  [ -z "$size" ] || cut_register "$size"
  uptime_now
  printf '%s at %s\n' "${undoer:-fired}" "$now" 2>/dev/null >"$dir/result"
  mv "$me" "$dir/fired" 2>/dev/null || return 1
  holder=''
  { read -r holder <"$dir/holder"; } 2>/dev/null
  release_lock "${dir##*/}"
  printf 'transaction %s of %s: undone\n' "${dir##*/}" "$holder" | audit
}
