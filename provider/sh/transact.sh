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
  if [ -e "$run/register" ]; then wc -c <"$run/register" >"$dir/register.size"; else echo 0 >"$dir/register.size"; fi
  read_size
  failed=''
}

# The undo of every change, as functions that the guard can run. A full /run leaves it short: then nothing is begun.
put() { # BYTES, the text on standard input
  cat >"$dir/undo" 2>/dev/null
  expected=$1
}

undo() { # NUMBER
  undoing=1
  # shellcheck source=/dev/null # written by put, and counted
  . "$dir/undo"
  "undo_$1"
  undoing=''
}

# The guard is a process that watches its own deadline, with all that it needs in its text. Nothing is changed before it has told that it can.
arm() { # SECONDS
  uptime_now
  find_ip || stop 'there is no ip in the PATH'
  exec 9<"$ip" # for the guard to compare, in this very process
  read -r armer _ </proc/self/stat
  quote "$PATH"
  # Run by hand at the console, `sh GUARD now` undoes at once.
  # shellcheck disable=SC2154 # the text of these functions, kept by the shell's loop
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
# leaves a process where it is and only keeps it from being ended with the session. Two watch each other there, and where there is no systemd:
# the shell waits until both have closed their output, without a process for each time it looks.
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
    why=$(systemd-run --quiet --collect --scope --unit="$unit" /bin/sh -c "for watcher in 1 2; do setsid sh $dir/guard \$watcher </dev/null 9<&- & done" 2>&1)
  else
    why=$(for watcher in 1 2; do setsid sh "$dir/guard" "$watcher" </dev/null 9<&- & done 2>&1)
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

may_change() { [ -e "$dir/armed" ] || [ -e "$dir/unguarded" ]; }

# Each part of a change does nothing once another part failed, or once the guard fired. An undo does all that it can.
goes_on() {
  [ -z "${undoing-}" ] || return 0
  [ -z "$failed" ] || return 1
  may_change || { failed=late && return 1; }
}

fails() { # WHY
  if [ -n "${undoing-}" ]; then complain "$1"; else failed=$1; fi
}

batch() { # FAMILY NUMBER, `ip -batch` lines on standard input
  goes_on || return 0
  at=$2
  failed=$(ip "-$1" -batch - 2>&1) && failed='' || failed=${failed:-failed}
}

own() { # lines for the register on standard input
  lines=$(cat)
  goes_on || return 0
  if printf '%s\n' "$lines" 2>/dev/null >>"$run/register"; then
    size=$((size + ${#lines} + 1))
  else
    failed="cannot write $run/register: is $run full or read-only?"
    cut_register "$size" # half a line would be taken for something else
  fi
}

cut_register() { # BYTES
  [ ! -e "$run/register" ] || why=$(cut_to "$1" "$run/register" 2>&1) || complain "$why"
}

change() { failed='' at='' lines=''; }

changed() { # NUMBER
  if [ -z "$failed" ]; then
    say "applied $1"
  else
    say "refused $1 $at"
    printf '%s\n' "$failed"
    [ "$failed" != late ] || return 0
    owed=$lines complaints=''
    undo "$1"
    [ -z "$complaints" ] || leave_to_owner
  fi
}

# What the kernel took of it and did not give back is its owner's to change and to remove.
leave_to_owner() {
  printf 'and its undo: %s' "$complaints"
  lines=$(printf '%s\n' "$owed" | grep '^[rn].*	') || return 0
  failed=''
  own <<END_OF_LINES
$lines
END_OF_LINES
}

applied() { : >"$dir/applying"; }

# Run by the undo: goes on after what is already gone or already there, and complains of all else.
batch_undo() { # FAMILY, `ip -batch` lines on standard input
  lines=$(cat)
  answer=$(printf '%s\n' "$lines" | ip "-$1" -force -batch - 2>&1)
  code=$?
  [ "$code" -ne 0 ] || return 0
  said='' judged='' reached=0
  while IFS= read -r line; do
    case $line in
      'Command failed '*:*)
        judged=1
        line_at "${line##*:}"
        is_undone || complain "ip -$1 $line: $said"
        said=''
        ;;
      *) said=$said${said:+; }$line ;;
    esac
  done 4<<END_OF_LINES <<END_OF_ANSWER
$lines
END_OF_LINES
$answer
END_OF_ANSWER
  # It stops at what it does not understand.
  if [ -z "$judged" ] || [ -n "$said" ]; then complain "ip -$1: ${said:-ended with $code}"; fi
}

# They fail in their order: each is read once, also where nothing of a large undo is there.
line_at() { # NUMBER; sets line
  while [ "$reached" -lt "$1" ] && IFS= read -r line <&4; do reached=$((reached + 1)); done
}

# What `ip` said of a line of an undo that had nothing to do.
is_undone() {
  case $line:$said in
    *' del '*:*'No such file or directory'* | *' del '*:*'No such process'* | *' del '*:*'table does not exist'*) ;;
    *' del '*:*'Cannot find device'* | *' del '*:*'Nexthop id does not exist'*) ;;
    *' add '*:*'File exists'* | *' replace '*:*'File exists'*) ;;
    *) return 1 ;;
  esac
}

# Not by `ip -batch`, which lets the kernel show all tables and filters by itself: a second for each where there are many routes.
shown() { # FAMILY [TEXT], the words of `ip` on standard input
  read -r words
  # What it complains of comes last.
  # shellcheck disable=SC2086 # split on purpose
  answer=$({ why=$(ip -N "-$1" $words 2>&1 >&3) || printf '!%s' "$why"; } 3>&1)
  case $answer in
    '!'*'No such file or directory'* | '!'*'No such process'* | '!'*'does not exist'*) return 1 ;;
    '!'*) [ -z "${undoing-}" ] || complain "ip -$1 show: ${answer#!}" ; return 1 ;;
    '') return 1 ;;
    *"${2-}"*) ;;
    *) return 1 ;;
  esac
}

# Rewrites the journal of the register, which grows with every change. Under the lock, before anything is armed.
compact() { # BYTES, lines on standard input
  if cat >"$run/register.new" 2>/dev/null && [ "$(wc -c <"$run/register.new")" -eq "$1" ]; then mv "$run/register.new" "$run/register"; else rm -f "$run/register.new"; fi
  wc -c 2>/dev/null <"$run/register" >"$dir/register.size"
  read_size
}

read_size() { # sets size: the register's as it is now
  read -r size <"$dir/register.size" || stop "cannot write to $run: is it full?"
}

# A name of a table: one file an object. A folder that was not there is marked in it, to be removed with the last of ours.
name_table() { # a line TABLE NAME ID STACK on standard input
  goes_on || return 0
  read -r number name id stack
  made=''
  for folder in /etc/iproute2 "$names"; do
    [ -d "$folder" ] || { made="$folder $made"; why=$(mkdir -m 755 "$folder" 2>&1) || { fails "$why"; return 0; }; }
  done
  [ -n "$made" ] || made=$(sed -n 's/^# made //p' "$names"/policy-routing-*.conf 2>/dev/null | head -n 1)
  why=$({ printf '# pulumi-policy-routing\t%s\t%s\n# made %s\n%s %s\n' "$id" "$stack" "$made" "$number" "$name" >"$names/policy-routing-$number.new" && mv "$names/policy-routing-$number.new" "$names/policy-routing-$number.conf" && chmod 644 "$names/policy-routing-$number.conf"; } 2>&1) || fails "${why:-cannot write to $names}"
}

write_sysctl() { # a line FILE DEVICE VALUE on standard input
  goes_on || return 0
  read -r file device value
  why=$({ printf '%s\n' "$value" >"/proc/sys/net/ipv4/conf/$device/$file"; } 2>&1) && return 0
  # A device that is gone takes its settings along: nothing to undo.
  if [ -z "${undoing-}" ] || [ -e "/proc/sys/net/ipv4/conf/$device" ]; then fails "${why:-cannot write $file of $device}"; fi
}

unname_table() { # a line TABLE on standard input
  goes_on || return 0
  read -r number
  made=$(sed -n 's/^# made //p' "$names/policy-routing-$number.conf" 2>/dev/null)
  why=$(rm -f "$names/policy-routing-$number.conf" "$names/policy-routing-$number.new" 2>&1) || { fails "$why"; return 0; }
  for file in "$names"/policy-routing-*.conf; do [ ! -e "$file" ] || return 0; done
  for folder in $made; do rmdir "$folder" 2>/dev/null; done
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
  undoer=retracted
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
