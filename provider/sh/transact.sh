# shellcheck shell=sh
# One transaction: take the lock, write down the undo, arm the guard, change, and later confirm or retract.
# The state of its guard is the name of one file, changed by rename, so that exactly one side wins:
#   armed -> confirmed (a fresh login saw the host)    armed -> firing.PID.START -> fired (the guard, or whoever retracts)
# Without a guard it begins as `unguarded`: then nobody fires but who retracts.

stop() { # WHY: nothing was changed
  say "stopped $*"
  printf '%s\n' "${came_back-}"
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
  keep_left
  if [ -e "$run/register" ]; then wc -c <"$run/register" >"$dir/register.size"; else echo 0 >"$dir/register.size"; fi
  read_size
  failed=''
}

# The undo of every change, as functions that the guard can run. A full /run leaves it short: then nothing is begun.
put() { # BYTES TEXT
  printf '%s\n' "$2" 2>/dev/null >"$dir/undo"
  expected=$1
}

undo() { # NUMBER
  undoing=1
  # shellcheck source=/dev/null # written by put, and counted
  . "$dir/undo"
  "undo_$1"
  undoing=''
}

change() { failed='' at='' lines='' stuck=''; }

changed() { # NUMBER
  if [ -z "$failed" ]; then
    say "applied $1"
  else
    say "refused $1 $at"
    printf '%s\n' "$failed"
    [ "$failed" != late ] || return 0
    owed=$lines complaints='' stuck=''
    undo "$1"
    [ -z "$complaints" ] || printf 'and its undo: %s' "$complaints"
    [ -z "$stuck" ] || leave_to_owner
  fi
}

# What the kernel took of it and did not give back is its owner's to change and to remove.
leave_to_owner() {
  lines=$(printf '%s\n' "$owed" | grep '^[rn].*	') || return 0
  failed=''
  own "$lines"
}

applied() { : >"$dir/applying"; }

# Rewrites the journal of the register, which grows with every change. Under the lock, before anything is armed.
compact() { # BYTES, lines on standard input
  if cat >"$run/register.new" 2>/dev/null && [ "$(wc -c <"$run/register.new")" -eq "$1" ]; then mv "$run/register.new" "$run/register"; else rm -f "$run/register.new"; fi
  wc -c 2>/dev/null <"$run/register" >"$dir/register.size"
  read_size
}

read_size() { # sets size: the register's as it is now
  read -r size <"$dir/register.size" || stop "cannot write to $run: is it full?"
}

confirm() { # TXN
  dir=$run/$1
  if mv "$dir/armed" "$dir/confirmed" 2>/dev/null || mv "$dir/unguarded" "$dir/confirmed" 2>/dev/null || [ -e "$dir/confirmed" ]; then
    trap '' PIPE # what follows is done, also when nobody listens any more
    uptime_now
    printf 'confirmed at %s\n' "$now" 2>/dev/null >"$dir/result"
    say confirmed || : # the rename counts
  else
    stage_of "$1"
    return 1
  fi
}

stage_of() { # TXN
  for stage in armed unguarded fired confirmed; do
    [ ! -e "$run/$1/$stage" ] || { say "stage $stage"; return; }
  done
  if firing "$run/$1"; then say 'stage firing'; elif [ -d "$run/$1" ]; then say 'stage open'; else say 'stage absent'; fi
}

# What the guard would do later, now.
retract() { # TXN
  dir=$run/$1
  [ -d "$dir" ] || next_lock # what was sent and did not come yet will find itself late
  if [ -d "$dir" ] && [ ! -e "$dir/armed" ] && [ ! -e "$dir/unguarded" ] && [ ! -e "$dir/fired" ] && [ ! -e "$dir/confirmed" ] && ! firing "$dir"; then
    # It has the lock and no guard yet: it must not go on.
    end_unarmed
    : 2>/dev/null >"$dir/unguarded"
  fi
  undoer=${undoer:-retracted}
  fire
  asked=$slept
  while { [ -e "$dir/armed" ] || firing "$dir"; } && [ $((slept - asked)) -lt 1000 ]; do
    nap 10
    fire
  done
  undoer=''
  # Confirmed, but the rest of that frame was lost with its connection: the lock need not last until its time is over.
  [ ! -e "$dir/confirmed" ] || release_lock "$1"
  stage_of "$1"
}

# A person was told what became of it: nobody need hear of it again.
told() { # TXN
  [ ! -e "$run/$1/fired" ] || : >"$run/$1/told"
} 2>/dev/null

end_unarmed() {
  lock_held && [ "$run/$lock_txn" = "$dir" ] && [ "$lock_pid" != $$ ] && end_holder "$lock_pid" "$lock_start"
}

finish() { # TXN
  release_lock "$1"
  [ -e "$run/$1/confirmed" ] || rm -rf "${run:?}/$1"
}

forget() { # TXN...
  (cd "$run" && rm -rf "$@")
}

# To the host's log. Without a log daemon `logger` succeeds and says nothing: then to a file.
audit() { # one line on standard input
  read -r line
  { [ -S /dev/log ] && logger -t policy-routing -- "$line" 2>/dev/null; } || printf '%s %s\n' "${when:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}" "$line" >>/var/log/policy-routing.log
} 2>/dev/null
