# shellcheck shell=sh
# Arms the guard of a transaction, or begins without one.

# The guard is a process that watches its own deadline, with all that it needs in its text. Nothing is changed before it has told that it can.
arm() { # SECONDS
  uptime_now
  find_ip || stop 'there is no ip in the PATH'
  exec 9<"$ip" # for the guard to compare, in this very process
  read -r armer _ </proc/self/stat
  quote "$PATH"
  # Run by hand at the console, `sh GUARD now` undoes at once.
  # shellcheck disable=SC2154 # the text of the guard's functions, which the frame brings
  text="$library
PATH=$quoted LC_ALL=C
export PATH LC_ALL
run=$run dir=$dir known=$now armer=$armer watcher=\${1-}
case \${1-} in now) fire_now ;; *) watch $dir $((now + $1)) ;; esac"
  printf '%s\n' "$text" 2>/dev/null >"$dir/guard"
  count "$dir/guard" $((${#text} + 1))
  : >"$dir/armed" || stop "cannot write to $run"
  start_guard || unarmed "the guard could not be started: $why"
  began=$slept
  until [ -s "$dir/watching" ]; do
    if [ $((slept - began)) -ge 300 ]; then
      [ ! -e "$dir/watching" ] || unarmed "the guard cannot write to $run: is it full?"
      unarmed "the guard did not start: $why"
    fi
    nap 01
  done
  exec 9<&-
  found='' came_back=''
  { read -r found && read -r came_back; } <"$dir/watching"
  [ "$found" = ready ] || unarmed "$found"
  say "armed $((now + $1))"
  begin_applying
}

# Where systemd runs, a service: it is started again when it ends otherwise. It runs in PID 1's namespaces: from another one, in a scope, which
# leaves a process where it is and only keeps it from being ended with the session. Two watch each other there, and where there is no systemd,
# of which the first starts the second: the shell waits until both have closed their output, without a process for each time it looks.
start_guard() { # sets why
  unit=policy-routing-guard-${dir##*/}
  if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then manager=systemd; else manager=''; fi
  if [ -n "$manager" ] && in_first_netns; then
    # A mere `kill` is no failure to systemd, and a guard whose text was removed must not be started for ever.
    why=$(systemd-run --quiet --collect --service-type=exec -p Restart=on-failure -p "RestartForceExitStatus=SIGTERM SIGINT SIGHUP SIGPIPE" -p RestartSec=200ms -p StartLimitIntervalSec=0 --unit="$unit" /bin/sh -c "[ ! -e $dir/guard ] || exec /bin/sh $dir/guard" 2>&1)
  elif ! command -v setsid >/dev/null; then
    why='there is no setsid on the host'
    return 1
  elif [ -n "$manager" ]; then
    why=$(systemd-run --quiet --collect --scope --unit="$unit" /bin/sh -c "setsid sh $dir/guard 1 </dev/null 9<&- &" 2>&1)
  else
    why=$({ setsid sh "$dir/guard" 1 </dev/null 9<&- & } 2>&1)
  fi
}

unarmed() { # WHY
  rm -f "$dir/armed"
  stop "$@"
}

# While this exists, changes are under way: whoever undoes waits for them, or ends this shell.
begin_applying() {
  process $$
  printf '%s %s\n' $$ "$start" 2>/dev/null >"$dir/applying" || stop "cannot write to $run: is it full?"
}

# Both files must be whole before anything is begun.
count() { # GUARD BYTES
  # shellcheck disable=SC2046 # a line a file: bytes and name
  set -- "$2" $(wc -c "$dir/undo" "$1" 2>/dev/null)
  [ "${2-} ${4-}" = "$expected $1" ] || stop "the undo could not be written: is $run full?"
}

unguard() {
  [ "$(wc -c <"$dir/undo")" -eq "$expected" ] || stop "the undo could not be written: is $run full?"
  : >"$dir/unguarded" || stop "cannot write to $run"
  begin_applying
}

# Whether what was done and read back was in time, or only the answer late.
say_time() {
  uptime_now
  say "time $now"
}
