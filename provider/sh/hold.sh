# shellcheck shell=sh
# A change that stands, and is kept under guard for a while: its controller gives the guard more time again and again, and a person may say
# what is to become of it. What the lock says of it is for whoever waits.

# Lock and guard get more time, each by one rename, while the guard's is not over. Then it is looked at once more: the guard may have begun.
prolong() { # TXN SECONDS LEASE LEFT controller | person
  dir=$run/$1 grace=$(($3 - $2))
  if [ ! -e "$dir/armed" ] || ! lock_held || [ "$lock_txn" != "$1" ] || is_late; then
    no_more "$1"
    return
  fi
  if ! { lock_text "$3" "$4" "$5" >"$dir/held.new" && echo $((now + $2)) >"$dir/deadline.new"; } 2>/dev/null; then
    say unprolonged
    echo "cannot write to $run: is it full?"
    return 1
  fi
  mv -f "$dir/held.new" "$run/lock.$lock"
  mv -f "$dir/deadline.new" "$dir/deadline"
  if [ ! -e "$dir/armed" ]; then
    no_more "$1"
    return
  fi
  say "prolonged $((now + $2))"
  [ ! -e "$dir/approved" ] || { say approved && cat "$dir/approved"; }
}

is_late() { # sets now
  deadline=$((lock_deadline - grace))
  { read -r deadline <"$dir/deadline"; } 2>/dev/null
  uptime_now
  [ "$now" -ge "$deadline" ]
}

# The lock as it was taken, with a later end.
lock_text() { # LEASE LEFT BY
  printf 'txn %s\npid %s\nstart %s\ndeadline %s\nholder %s\nuntil %s\nby %s\nend\n' \
    "$lock_txn" "$lock_pid" "$lock_start" $((now + $1)) "$lock_holder" $((now + $2)) "$3"
}

no_more() { # TXN
  # What was undone meanwhile has let go of the lock that was written anew since.
  [ ! -e "$run/$1/fired" ] || release_lock "$1"
  stage_of "$1"
  [ ! -e "$run/$1/withdrawn" ] || { say withdrawn && cat "$run/$1/withdrawn"; }
  return 1
}

# A person's word on what is held here.
held_here() { # sets dir
  if lock_held && is_held; then
    dir=$run/$lock_txn
    say_held
  else
    say unheld
    return 1
  fi
}

approve() { # one line on standard input: who, and why
  held_here || return 0
  [ "$lock_by" = person ] || return 0
  { cat >"$dir/approved.new" && mv "$dir/approved.new" "$dir/approved"; } 2>/dev/null || return 0
  say "txn $lock_txn"
}

withdraw() { # one line on standard input: who, and why
  held_here || return 0
  read -r by
  { printf '%s\n' "$by" >"$dir/withdrawn"; } 2>/dev/null
  txn=$lock_txn undoer=withdrawn
  retract "$txn"
  say_result "$txn"
  printf 'transaction %s taken back by %s\n' "$txn" "$by" | audit || :
}

# Of a change that somebody waits for: its state now, and when its guard would fire.
ending_of() { # TXN
  uptime_now
  deadline=$now
  { read -r deadline <"$run/$1/deadline"; } 2>/dev/null
  say "fires $((deadline - now))"
  stage_of "$1"
  say_result "$1"
}

say_result() { # TXN
  [ ! -e "$run/$1/result" ] || { say result && cat "$run/$1/result"; }
}
