# shellcheck shell=sh
# What a change and its undo are made of: lines of `ip`, whose entries are, names of tables, settings of devices.

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

# Of the name of a table, which has a file of its own: the register says nothing of it.
name_fails() { # WHY
  was_stuck=$stuck
  fails "$1"
  stuck=$was_stuck
}

batch() { # FAMILY NUMBER LINES-OF-`ip -batch`
  goes_on || return 0
  at=$2 todo=$3 past=0
  until [ -z "$todo" ] || { failed=$(printf '%s\n' "$todo" | ip "-$1" -batch - 2>&1) && failed=''; }; do
    behind_gone "$1" || return 0
  done
}

# A route or next hop that was to go and is gone fails nothing: with the last address of a device the kernel takes its routes, with its link its next
# hops. Those that are to go behind it go at once, each by itself. What is refused is told by the number of its line among all.
behind_gone() { # FAMILY; sets todo, past
  number=${failed##*Command failed -:}
  case $number in '' | *[!0-9]*) failed=${failed:-failed} && return 1 ;; esac
  todo=$(printf '%s\n' "$todo" | sed -n "$number,\$p") past=$((past + number - 1)) said=$failed
  line=$(printf '%s\n' "$todo" | sed 1q)
  is_gone || { failed=${failed%-:*}-:$((past + 1)) && return 1; }
  failed='' going=$(printf '%s\n' "$todo" | sed -n '/^rule /q;/^[a-z]* del /!q;p')
  forced "$1" gone_or_failed <<END_OF_LINES || failed=${failed:-${said:-ended with $code}}
$going
END_OF_LINES
  [ -z "$failed" ] || return 1
  number=$(printf '%s\n' "$going" | wc -l)
  todo=$(printf '%s\n' "$todo" | sed "1,${number}d") past=$((past + number))
}

is_gone() {
  case $line:$said in
    'route del '*:*'No such process'* | 'route del '*:*'table does not exist'* | 'route del '*:*'Cannot find device'*) ;;
    'nexthop del '*:*'No such file or directory'* | 'nexthop del '*:*'id does not exist'*) ;;
    *) return 1 ;;
  esac
}

gone_or_failed() {
  is_gone || failed=${failed:-"$said
Command failed -:$((past + reached))"}
}

own() { # LINES for the register
  lines=$1
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

# Run by the undo: goes on after what is already gone or already there, and complains of all else.
batch_undo() { # FAMILY, `ip -batch` lines on standard input
  family=$1
  forced "$1" undone_or_complain || complain "ip -$1: ${said:-ended with $code}"
}

undone_or_complain() { is_undone || complain "ip -$family $line: $said"; }

# Goes on behind a line that fails, and has it judged: by `line`, the `reached`th, and what `ip` `said` of it. Fails where `ip` stops by itself.
forced() { # FAMILY JUDGE, `ip -batch` lines on standard input
  each=$(cat)
  answer=$(printf '%s\n' "$each" | ip "-$1" -force -batch - 2>&1)
  code=$?
  [ "$code" -ne 0 ] || return 0
  said='' judged='' reached=0
  while IFS= read -r line; do
    case $line in
      'Command failed '*:*)
        judged=1
        line_at "${line##*:}"
        "$2"
        said=''
        ;;
      *) said=$said${said:+; }$line ;;
    esac
  done 4<<END_OF_LINES <<END_OF_ANSWER
$each
END_OF_LINES
$answer
END_OF_ANSWER
  # It stops at what it does not understand.
  [ -n "$judged" ] && [ -z "$said" ]
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

# A name of a table: one file an object. A folder that was not there is marked in it, to be removed with the last of ours.
name_table() { # a line TABLE NAME ID STACK on standard input
  goes_on || return 0
  read -r number name id stack
  made=''
  for folder in /etc/iproute2 "$names"; do
    [ -d "$folder" ] || { made="$folder $made"; why=$(mkdir -m 755 "$folder" 2>&1) || { name_fails "$why"; return 0; }; }
  done
  [ -n "$made" ] || made=$(sed -n 's/^# made //p' "$names"/policy-routing-*.conf 2>/dev/null | head -n 1)
  why=$({ printf '# pulumi-policy-routing\t%s\t%s\n# made %s\n%s %s\n' "$id" "$stack" "$made" "$number" "$name" >"$names/policy-routing-$number.new" && mv "$names/policy-routing-$number.new" "$names/policy-routing-$number.conf" && chmod 644 "$names/policy-routing-$number.conf"; } 2>&1) || name_fails "${why:-cannot write to $names}"
}

# Without a line break: up to Linux 6.1 some files take the number alone, and the rest is an error.
write_sysctl() { # a line PATH VALUE on standard input, the path below /proc/sys
  goes_on || return 0
  read -r path value
  why=$({ printf '%s' "$value" >"/proc/sys/$path"; } 2>&1) && return 0
  # A device that is gone takes its settings along: nothing to undo.
  if [ -z "${undoing-}" ] || [ -e "/proc/sys/$path" ]; then fails "${why:-cannot write /proc/sys/$path}"; fi
}

unname_table() { # a line TABLE on standard input
  goes_on || return 0
  read -r number
  made=$(sed -n 's/^# made //p' "$names/policy-routing-$number.conf" 2>/dev/null)
  why=$(rm -f "$names/policy-routing-$number.conf" "$names/policy-routing-$number.new" 2>&1) || { name_fails "$why"; return 0; }
  for file in "$names"/policy-routing-*.conf; do [ ! -e "$file" ] || return 0; done
  for folder in $made; do rmdir "$folder" 2>/dev/null; done
}
