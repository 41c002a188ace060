# shellcheck shell=sh
# What each confirmed transaction did: one file a revision, NUMBER-RUN. Its text is on the disk before the confirm; behind it, under the same lock,
# a line `kept` is added, and one without that line is none. In a network namespace that is not PID 1's it dies with that, as the register does.
find_history() { # sets history, taken_back
  history=$lib_folder/history
  in_first_netns || history=$run/history
  taken_back=${history%/*}/taken-back
}

# Never a reason to end a change: what cannot be written is told. The text is a word and no here-document: that would be two processes more.
stage_revision() { # TXN RUN TEXT [gzip], sets staged
  find_history
  umask 077
  number_next "$2"
  staged=$history/$number-$2
  if [ -n "${4-}" ] && command -v gzip >/dev/null; then staged=$staged.gz; fi
  # Whoever comes next looks whether it was confirmed, where the rest of this frame is lost.
  { printf '%s %s\n' "$1" "$staged" >"$run/staged"; } 2>/dev/null
  { { [ -d "$history" ] || mkdir -p "$history"; } && append "$3" && { sync "$staged" || sync; }; } 2>/dev/null && return
  rm -f "$staged" 2>/dev/null
  say unrecorded
  echo "cannot write to $history: is it full or read-only?"
}

append() { # TEXT
  case $staged in
    *.gz) printf '%s\n' "$1" | gzip -c >>"$staged" ;;
    *) printf '%s\n' "$1" >>"$staged" ;;
  esac
}

# Anything else in that folder is somebody else's. A number with a zero before it would be octal here, and one of many digits none at all.
is_revision() { # NAME, sets number
  number=${1%%-*}
  case ${1%.gz} in *[!A-Za-z0-9_-]* | [!1-9]*) return 1 ;; *-*) ;; *) return 1 ;; esac
  case $number in *[!0-9]* | ??????????*) return 1 ;; esac
}

number_next() { # RUN, sets number, and runs: how many there are with it
  newest=0 runs=1 seen=" $1 "
  for file in "$history"/[1-9]*; do
    name=${file##*/}
    { is_revision "$name" && [ -f "$file" ]; } || continue
    [ "$number" -le "$newest" ] || newest=$number
    of=${name#*-}
    of=${of%.gz}
    case $seen in *" $of "*) ;; *) seen="$seen$of " runs=$((runs + 1)) ;; esac
  done
  number=$((newest + 1))
}

# The last transaction that changed something, recorded or not: the next revision names it.
note_last() { # TXN
  printf '%s\n' "$1" >"$run/last"
} 2>/dev/null

# In the frame that staged it.
keep_revision() { # RUNS
  [ -e "$staged" ] || return 0
  append kept 2>/dev/null || { say unrecorded && echo "cannot write to $history" && return; }
  : >"$run/staged"
  # Nobody waits for it: until it is on the disk a loss of power takes it back, and what is not let go now goes with the next one.
  { sync "$staged" || sync; prune_history "$1"; } </dev/null >/dev/null 2>&1 &
  say "revision $number"
}

# Of the transaction before: confirmed, but the rest of that frame was lost with its connection; or staged, and undone all the same.
keep_left() {
  [ -s "$run/staged" ] && read -r txn staged <"$run/staged" || return 0
  : >"$run/staged"
  if [ -e "$run/$txn/confirmed" ]; then append kept; else rm -f "$staged"; fi
} 2>/dev/null

# Whole runs, the newest ones: as many as are wanted, and of these no more than fit. Sizes are looked at now and then.
prune_history() { # RUNS
  [ "$runs" -le "$1" ] || { keep_runs "$1" && runs=$1; }
  [ $((number % 8)) -eq 0 ] || [ "$staged" != "${staged%.gz}" ] || return 0
  while [ "$runs" -gt 1 ] && used=$(du -sk "$history") && [ "${used%%[!0-9]*}" -gt 2048 ]; do
    runs=$((runs - 1))
    keep_runs "$runs"
  done
}

keep_runs() { # RUNS
  old=$(
    cd "$history" && printf '%s\n' [0-9]* | sort -t - -k 1,1nr | {
      kept=0 seen=' '
      while read -r name; do
        is_revision "$name" || continue
        of=${name#*-}
        of=${of%.gz}
        case $seen in *" $of "*) ;; *) seen="$seen$of " kept=$((kept + 1)) ;; esac
        [ "$kept" -le "$1" ] || printf '%s\n' "$name"
      done
    }
  )
  # shellcheck disable=SC2086 # split on purpose: no name holds a blank
  [ -z "$old" ] || (cd "$history" && rm -f $old)
}

drop_history() {
  find_history
  [ ! -d "$history" ] || rm -rf "$history"
}

# Names first, then their texts in that order: each begins with its header. What cannot be told apart by that is asked for one by one.
show_history() { # [each]
  find_history
  show_clock
  ! lock_held || ! is_held || say_held
  [ ! -e "$history" ] || [ -d "$history" ] || say changed
  plain='' alone=''
  for file in "$history"/[1-9]*; do
    name=${file##*/}
    { is_revision "$name" && [ -f "$file" ]; } || continue
    case $1$name in
      each* | *.gz) alone="$alone $name" ;;
      *) plain="$plain $name" ;;
    esac
  done
  say "plain$plain"
  # shellcheck disable=SC2086 # split on purpose: no name holds a blank
  [ -z "$plain" ] || (cd "$history" && cat -- $plain 2>/dev/null) || say changed
  for name in $alone; do
    say "alone $name"
    case $name in
      *.gz) gzip -dc "$history/$name" ;;
      *) cat "$history/$name" ;;
    esac 2>/dev/null || [ -e "$history/$name" ] || say changed
  done
  show_taken_back
}

show_taken_back() {
  [ -f "$taken_back" ] || return 0
  show_clock
  say taken-back
  cat "$taken_back"
}

# Controllers have clocks of their own.
show_clock() {
  say clock
  date +%s
}

# What a person took back. Without lines the file goes.
write_marks() { # lines on standard input
  find_history
  umask 077
  { mkdir -p "${taken_back%/*}" && cat >"$taken_back.new" && mv -f "$taken_back.new" "$taken_back" && sync "${taken_back%/*}"; } 2>/dev/null || {
    say unmarked
    echo "cannot write $taken_back"
  }
}

# Takes these away. Others are written under the lock alone.
allow_marks() { # lines on standard input
  find_history
  gone=$(cat)
  await_lock 10 >/dev/null || { await_lock 0 || exit 0; }
  left=$(grep -vxF "$gone" "$taken_back" 2>/dev/null)
  if [ -n "$left" ]; then printf '%s\n' "$left" | write_marks; else drop_marks; fi
}

drop_marks() {
  find_history
  rm -f "$taken_back"
}
