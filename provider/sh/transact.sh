# shellcheck shell=sh
# One transaction: take the lock, write down the undo, arm the guard, change, and later confirm or retract.
# The state of its guard is the name of one file, changed by rename, so that exactly one side wins:
#   armed -> confirmed (a fresh login saw the host)    armed -> firing -> fired (the guard, or whoever retracts)

stop() { # WHY: nothing was changed
  say "stopped $*"
  if [ -n "${dir-}" ]; then
    release_lock "${dir##*/}"
    rm -rf "$dir"
  fi
  exit 0
}

begin() { # TXN NUMBER SECONDS HOLDER
  take_lock "$@"
  case $? in
    0) ;;
    2) say moved; rm -rf "$dir"; exit 0 ;;
    *) stop "cannot write to $run: is it full or read-only?" ;;
  esac
  if [ -e "$run/register" ]; then wc -c <"$run/register" >"$dir/register.size"; else echo 0 >"$dir/register.size"; fi
  [ -s "$dir/register.size" ] || stop "cannot write to $run: is it full?"
  failed='' unguarded=''
}

# The undo of one change, as a file that the guard can run. A full /run leaves it short: then nothing is begun.
put() { # NUMBER BYTES, the text on standard input
  cat >"$dir/$1.undo" 2>/dev/null
  [ "$(wc -c <"$dir/$1.undo")" -eq "$2" ] || stop "the undo could not be written: is $run full?"
}

# The guard is a process that watches its own deadline. systemd restarts it; where there is none, two watch each other.
arm() { # SECONDS
  uptime_now
  # shellcheck disable=SC2154 # the text of these functions, kept by the shell's loop
  {
    printf '%s\ndir=%s\n' "$library" "$dir"
    # Run by hand at the console, `sh GUARD now` undoes at once.
    # shellcheck disable=SC2016 # expanded when it runs
    printf 'case ${1-} in now) fire ;; *) watch %s %s ;; esac\n# end\n' "$dir" $((now + $1))
  } 2>/dev/null >"$dir/guard"
  [ "$(tail -n 1 "$dir/guard")" = '# end' ] || stop "the guard could not be written: is $run full?"
  : >"$dir/armed" || stop "cannot write to $run"
  if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null; then
    why=$(systemd-run --quiet --collect --service-type=exec -p Restart=on-failure -p RestartSec=200ms -p StartLimitIntervalSec=0 --unit="policy-routing-guard-${dir##*/}" /bin/sh "$dir/guard" 2>&1) || stop "the guard could not be started: $why"
  else
    for watcher in 1 2; do
      setsid sh "$dir/guard" "$watcher" </dev/null >/dev/null 2>&1 &
    done
  fi
  tries=0
  until [ -e "$dir/watching" ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { rm -f "$dir/armed"; stop "the guard did not start"; }
    sleep 0.01
  done
  say "armed $((now + $1))"
  # While this exists, changes are under way: the guard waits for them, or ends this shell.
  process $$ && printf '%s %s\n' $$ "$start" >"$dir/applying"
}

unguard() { unguarded=1; }

may_change() { [ -n "$unguarded" ] || [ -e "$dir/armed" ]; }

# Each part of a change does nothing once another part failed, or once the guard fired.
batch() { # FAMILY, `ip -batch` lines on standard input
  [ -z "$failed" ] || return 0
  may_change || { failed=late; return 0; }
  failed=$(ip "-$1" -batch - 2>&1) && failed='' || failed=${failed:-failed}
}

own() { # lines for the register on standard input
  [ -z "$failed" ] || return 0
  may_change || { failed=late; return 0; }
  failed=$(cat 2>&1 >>"$run/register") || failed="cannot write $run/register: ${failed}"
}

change() { failed=''; }

changed() { # NUMBER
  if [ -z "$failed" ]; then
    say "applied $1"
  else
    say "refused $1"
    printf '%s\n' "$failed"
    if [ "$failed" != late ] && [ -e "$dir/$1.undo" ]; then
      undoing=1 failed=''
      # shellcheck disable=SC1090 # written by put, and counted
      . "$dir/$1.undo"
      undoing=''
    fi
  fi
}

applied() { rm -f "$dir/applying"; }

# Run by the undo: goes on after what is already gone or already there.
batch_undo() { # FAMILY, `ip -batch` lines on standard input
  ip "-$1" -force -batch - >/dev/null 2>&1
}

shown() { # FAMILY, one `ip -batch` line on standard input
  [ -n "$(ip "-$1" -batch - 2>/dev/null)" ]
}

# Rewrites the journal of the register, which grows with every change. Under the lock, before anything is armed.
compact() { # BYTES, lines on standard input
  if cat >"$run/register.new" 2>/dev/null && [ "$(wc -c <"$run/register.new")" -eq "$1" ]; then mv "$run/register.new" "$run/register"; else rm -f "$run/register.new"; fi
  wc -c <"$run/register" >"$dir/register.size"
}

# A name of a table: one file an object. A folder that was not there is marked in it, to be removed with the last of ours.
name_table() { # a line TABLE NAME ID STACK on standard input
  [ -z "$failed" ] || return 0
  [ -n "${undoing-}" ] || may_change || { failed=late; return 0; }
  read -r number name id stack
  made=''
  for folder in /etc/iproute2 "$names"; do
    [ -d "$folder" ] || { made="$folder $made"; failed=$(mkdir "$folder" 2>&1) || return 0; }
  done
  [ -n "$made" ] || made=$(sed -n 's/^# made //p' "$names"/policy-routing-*.conf 2>/dev/null | head -n 1)
  failed=$({ printf '# pulumi-policy-routing\t%s\t%s\n# made %s\n%s %s\n' "$id" "$stack" "$made" "$number" "$name" >"$names/policy-routing-$number.new" && mv "$names/policy-routing-$number.new" "$names/policy-routing-$number.conf" && chmod 644 "$names/policy-routing-$number.conf"; } 2>&1) || failed=${failed:-cannot write to $names}
}

unname_table() { # a line TABLE on standard input
  [ -z "$failed" ] || return 0
  [ -n "${undoing-}" ] || may_change || { failed=late; return 0; }
  read -r number
  made=$(sed -n 's/^# made //p' "$names/policy-routing-$number.conf" 2>/dev/null)
  failed=$(rm -f "$names/policy-routing-$number.conf" "$names/policy-routing-$number.new" 2>&1) || return 0
  for file in "$names"/policy-routing-*.conf; do [ ! -e "$file" ] || return 0; done
  for folder in $made; do rmdir "$folder" 2>/dev/null; done
}

confirm() { # TXN
  dir=$run/$1
  if mv "$dir/armed" "$dir/confirmed" 2>/dev/null || [ -e "$dir/confirmed" ]; then
    say confirmed
  else
    stage_of "$1"
    return 1
  fi
}

stage_of() { # TXN
  for stage in armed firing fired confirmed; do
    [ ! -e "$run/$1/$stage" ] || { say "stage $stage"; return; }
  done
  if [ -d "$run/$1" ]; then say 'stage open'; else say 'stage absent'; fi
}

# What the guard would do later, now.
retract() { # TXN
  dir=$run/$1
  if [ -e "$dir/armed" ]; then
    fire
  elif [ -d "$dir" ] && [ ! -e "$dir/firing" ] && [ ! -e "$dir/fired" ] && [ ! -e "$dir/confirmed" ]; then
    undo_all # never guarded, or never begun: then it changes nothing
  fi
  tries=0
  while [ -e "$dir/firing" ] && [ $tries -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  stage_of "$1"
}

finish() { # TXN
  release_lock "$1"
  [ -e "$run/$1/confirmed" ] || rm -rf "${run:?}/$1"
}

forget() { # TXN...
  for txn in "$@"; do rm -rf "${run:?}/$txn"; done
}

# To the host's log. Without a log daemon `logger` succeeds and says nothing: then to a file.
audit() { # one line on standard input
  read -r line
  { [ -S /dev/log ] && logger -t policy-routing -- "$line" 2>/dev/null; } || printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$line" >>/var/log/policy-routing.log
} 2>/dev/null
