# shellcheck shell=sh
# The host's lock: files lock.1, lock.2, ... of which the newest counts. A new one is made by a hard link, which only one can win;
# so numbers never go back and a slow waiter cannot take what somebody else just took. Empty means released: that needs no space.
# The script that replays what is persisted is made of this file and replay.sh.
run=$run_folder
etc=$etc_folder

# Register, lock and transactions are of what the kernel keeps for one network namespace: each but that of PID 1 has a folder of its own.
find_netns() { # sets run
  in_first_netns || { read_netns && run=$run/net-$netns; }
}

# Its inode, which Linux tells of an open file since 5.14: without a process.
read_netns() { # sets netns
  word=''
  { while read -r word netns; do [ "$word" != ino: ] || break; done 8</proc/self/ns/net </proc/self/fdinfo/8; } 2>/dev/null
  [ "$word" != ino: ] || return 0
  netns=$(readlink /proc/self/ns/net)
  netns=${netns#*[}
  netns=${netns%]}
}

# PID 1's is where services run. What cannot be told is not taken for it.
in_first_netns() { in_netns_of /proc/1; }

# A kernel without namespaces has but one.
in_netns_of() { # PROCESS
  [ ! -e /proc/self/ns/net ] || same_file /proc/self/ns/net "$1/ns/net"
}

same_file() { # FILE FILE
  # shellcheck disable=SC3013 # dash, bash and busybox have -ef, and it costs no process
  [ "$1" -ef "$2" ]
}

# The `ip` that runs by its name, without a process.
find_ip() { # sets ip
  rest=$PATH:
  while [ -n "$rest" ]; do
    ip=${rest%%:*}/ip
    rest=${rest#*:}
    case $ip in /*) if [ -f "$ip" ] && [ -x "$ip" ]; then return 0; fi ;; esac
  done
  ip=''
  return 1
}

# That needs no space.
cut_to() { # BYTES FILE
  if command -v dd >/dev/null; then dd if=/dev/null of="$2" bs=1 seek="$1"; else truncate -s "$1" "$2"; fi
}

# As a word that a shell reads as it is.
quote() { # TEXT: sets quoted
  rest=$1 quoted=''
  while case $rest in *\'*) ;; *) false ;; esac; do
    quoted="$quoted${rest%%\'*}'\\''"
    rest=${rest#*\'}
  done
  quoted="'$quoted$rest'"
}

known=0 known_at=0 slept=0 cleared=''

# Seconds since boot. While they cannot be read, what was slept since they could be counts: no wait is without an end, and every deadline comes.
uptime_now() { # sets now
  reading=''
  { read -r reading _ </proc/uptime; } 2>/dev/null
  case $reading in [0-9]*) known=${reading%%.*} known_at=$slept ;; esac
  now=$((known + (slept - known_at) / 100))
}

# A whole second where `sleep` takes no fractions.
nap() { # HUNDREDTHS of a second, as two digits
  if sleep "0.$1" 2>/dev/null; then slept=$((slept + ${1#0})); else sleep 1 && slept=$((slept + 100)); fi
}

# The name of the state says who undoes: only one rename succeeds, so only one does it at a time.
firing() { # DIR: sets firer, true while somebody undoes
  for firer in "$1"/firing.*; do
    [ ! -e "$firer" ] || return 0
  done
  return 1
}

newest_lock() {
  lock=0
  for file in "$run"/lock.*; do
    number=${file##*.}
    case $number in *[!0-9]*) continue ;; esac
    [ "$number" -le "$lock" ] || lock=$number
  done
}

# Reads the newest lock. True while somebody holds it. Locks appear whole: one that cannot be read is nobody's, unless a change is under guard.
lock_held() { # sets cleared where there was such a one
  newest_lock
  lock_txn='' lock_pid='' lock_start='' lock_deadline='' lock_holder='' lock_until='' lock_by=''
  [ -s "$run/lock.$lock" ] || return 1
  while read -r word rest; do
    case $word in
      txn) lock_txn=$rest ;;
      pid) lock_pid=$rest ;;
      start) lock_start=$rest ;;
      deadline) lock_deadline=$rest ;;
      holder) lock_holder=$rest ;;
      until) lock_until=$rest ;;
      by) lock_by=$rest ;;
    esac
  done <"$run/lock.$lock"
  case $lock_txn in '' | *[!A-Za-z0-9-]*) lock_pid='' ;; esac
  for number in "$lock_pid" "$lock_start" "${lock_deadline#-}"; do
    case $number in
      # More digits than a shell can count with.
      '' | *[!0-9]* | ???????????????????*)
        # Released, or gone with the next one, while it was read.
        [ -s "$run/lock.$lock" ] || { lock_held; return; }
        read_guarded && return
        : >"$run/lock.$lock"
        cleared=$run/lock.$lock
        return 1
        ;;
    esac
  done
}

# Who holds the host by what is under guard, whatever the lock says. The guard's text ends with its deadline.
read_guarded() {
  for lock_txn in "$run"/*/armed "$run"/*/firing.*; do
    [ -e "$lock_txn" ] || continue
    lock_txn=${lock_txn%/*} lock_pid=0 lock_start=0
    lock_deadline=$(sed -n 's/.* watch [^ ]* \([0-9]*\) ;; esac$/\1/p' "$lock_txn/guard" 2>/dev/null)
    : "${lock_deadline:=0}"
    { read -r lock_deadline <"$run/${lock_txn##*/}/deadline"; } 2>/dev/null
    read -r lock_holder <"$lock_txn/holder"
    lock_txn=${lock_txn##*/}
    return 0
  done
  return 1
}

# Fields of /proc/PID/stat behind the name, which may hold blanks: state, parent, process group, ..., start time as the 20th.
process() { # PID: sets parent, group and start; a dead one that nobody has waited for is no more
  parent='' group='' start=''
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # split on purpose
  set -- ${stat##*) }
  [ "$1" != Z ] || return 1
  parent=$2 group=$3
  shift 9
  start=${11}
}

# Ends a holder, unless the process id has since gone to somebody else: the process group that it leads, else itself and what it started.
# What is not its own group is that of whoever called it, such as an `ifup` with interfaces to bring up.
end_holder() { # PID START
  process "$1" && [ "$start" = "$2" ] || return 0
  # dash takes no `--` here, and bash needs none.
  if [ "$group" = "$1" ]; then kill -KILL "-$group"; else end_tree "$1"; fi 2>/dev/null
}

# Whoever is stopped starts nobody: what is found is all.
end_tree() { # PID
  tree=" $1 " grown=1
  kill -STOP "$1"
  while [ -n "$grown" ]; do
    grown=''
    for child in /proc/[0-9]*; do
      child=${child##*/}
      case $tree in *" $child "*) continue ;; esac
      process "$child" || continue
      case $tree in *" $parent "*) kill -STOP "$child" && tree="$tree$child " grown=1 ;; esac
    done
  done
  # shellcheck disable=SC2086 # split on purpose
  kill -KILL $tree
}

# Waits, bounded, until nobody holds the host. A holder whose time is over and who has no guard armed is ended;
# a guard that should have fired and did not is fired here.
await_lock() { # SECONDS [through]: who only reads does not wait for what is held
  uptime_now
  patience=$((now + $1))
  while lock_held; do
    uptime_now
    dir=$run/$lock_txn
    if [ "$now" -gt "$lock_deadline" ]; then
      if [ -e "$dir/armed" ] || firing "$dir"; then
        ! fire_overdue "$lock_deadline" || continue
      else
        end_holder "$lock_pid" "$lock_start"
        # Else whoever gives up on what it sent would find the host held, and not make it late.
        ! (release_lock "$lock_txn") || continue
        break
      fi
    fi
    if [ -n "${2-}" ] && is_held; then
      say_held
      break
    fi
    if [ "$now" -ge "$patience" ]; then
      ! is_held || say_held
      say "busy $lock_deadline $lock_holder"
      return 1
    fi
    nap 10
  done
  [ -z "$cleared" ] || say "cleared $cleared"
  say "lock $lock"
}

# The change stands and its holder watches it, under guard, until a time. After lock_held.
is_held() { [ -n "$lock_until" ] && [ -e "$run/$lock_txn/armed" ]; }

say_held() {
  uptime_now
  say "held $((lock_until - now)) $lock_by $lock_holder"
}

# Takes lock number NUMBER + 1 if nothing happened since NUMBER was seen.
take_lock() { # TXN NUMBER SECONDS HOLDER
  umask 077
  # Another one may make it at the same moment.
  [ -d "$run" ] || mkdir -p "$run" 2>/dev/null || [ -d "$run" ] || return 1
  dir=$run/$1
  if lock_held; then
    uptime_now
    [ "$now" -gt "$lock_deadline" ] && [ ! -e "$run/$lock_txn/armed" ] && ! firing "$run/$lock_txn" || return 2
    end_holder "$lock_pid" "$lock_start"
  fi
  [ "$lock" -eq "$2" ] || return 2
  uptime_now
  process $$ || return 1
  mkdir "$dir" 2>/dev/null || return 1 # not -p: a folder of this name is somebody else's
  printf '%s\n' "$4" >"$dir/holder" || return 1
  printf 'txn %s\npid %s\nstart %s\ndeadline %s\nholder %s\nend\n' "$1" $$ "$start" $((now + $3)) "$4" >"$dir/lock" || return 1
  last=''
  while read -r word _; do last=$word; done <"$dir/lock"
  [ "$last" = end ] || return 1
  ln "$dir/lock" "$run/lock.$((lock + 1))" 2>/dev/null || return 2
  mine=$((lock + 1))
  newest_lock
  [ "$lock" -eq "$mine" ] || return 2
  for file in "$run"/lock.*; do
    [ "$file" = "$run/lock.$mine" ] || rm -f "$file"
  done
}

# What gives the holder of the lock more time, as a text to run beside its work: a lease lasts for as long as its holder gets on. Whoever reads
# it sees the old time or the new one.
renewal() { # TXN SECONDS, after take_lock
  held=$run/lock.$mine
  printf '%s' "read -r now _ </proc/uptime && sed \"s/^deadline .*/deadline \$((\${now%%.*} + $2))/\" $held >$run/$1/new && mv -f $run/$1/new $held; "
}

# Whoever saw the present number comes too late from now on.
next_lock() {
  umask 077
  lock_held || { mkdir -p "$run" && (set -C && : >"$run/lock.$((lock + 1))"); } 2>/dev/null
}

release_lock() { # TXN
  ! lock_held || [ "$lock_txn" != "$1" ] || : >"$run/lock.$lock"
}
