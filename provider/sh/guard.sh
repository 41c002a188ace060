# shellcheck shell=sh
# The timed undo. It needs nothing of the controller: its deadline is in seconds of /proc/uptime, which no clock step moves and
# which counts while the machine sleeps.

watch() { # DIR DEADLINE
  dir=$1
  deadline=$2
  mark=guard
  cd /
  : >"$dir/watching"
  while :; do
    if [ -e "$dir/armed" ]; then
      uptime_now
      [ "$now" -lt "$deadline" ] || fire
    elif [ -e "$dir/firing" ]; then
      # Another is at it. If it died, go on: the undo is right when it runs twice.
      sleep 0.5
      firing=''
      { read -r firing <"$dir/firing"; } 2>/dev/null
      if [ -e "$dir/firing" ] && { [ -z "$firing" ] || ! kill -0 "$firing" 2>/dev/null; }; then undo_all; fi
    else
      return 0
    fi
    sleep 0.5
  done
}

fire() {
  mv "$dir/armed" "$dir/firing" 2>/dev/null || [ -e "$dir/firing" ] || return 1
  undo_all
}

# Whoever is still changing something gets five seconds, then is ended: nothing may come after the undo.
undo_all() {
  echo $$ 2>/dev/null >"$dir/firing"
  tries=0
  while [ -e "$dir/applying" ]; do
    pid='' since=''
    read -r pid since <"$dir/applying"
    [ "$pid" != $$ ] || break
    if ! process "${pid:-0}" || [ "$start" != "$since" ]; then break; fi
    tries=$((tries + 1))
    [ $tries -lt 50 ] || { end_holder "$pid" "$since"; break; }
    sleep 0.1
  done
  undoing=1 failed=''
  count=0
  while [ -e "$dir/$((count + 1)).undo" ]; do count=$((count + 1)); done
  while [ $count -gt 0 ]; do
    # shellcheck disable=SC1090 # written by put, and counted
    . "$dir/$count.undo"
    failed=''
    count=$((count - 1))
  done
  undoing=''
  # Cutting a file needs no space. Nobody else wrote to the register: the lock is ours.
  size=''
  { read -r size <"$dir/register.size"; } 2>/dev/null
  [ -z "$size" ] || [ ! -e "$run/register" ] || dd if=/dev/null of="$run/register" bs=1 seek="$size" 2>/dev/null
  uptime_now
  printf 'fired at %s\n' "$now" 2>/dev/null >"$dir/result"
  mv "$dir/firing" "$dir/fired" 2>/dev/null || return 0
  holder=''
  { read -r holder <"$dir/holder"; } 2>/dev/null
  release_lock "${dir##*/}"
  printf 'transaction %s of %s: undone\n' "${dir##*/}" "$holder" | audit
}
