# shellcheck shell=sh
# Reading a host. Each part begins with a line `MARK SECTION`; a part that failed is followed by `MARK failed SECTION WHY`.
# These functions live in the long-lived shell of a connection and in the guard; `mark` names the frame that asks.
run=/run/policy-routing
etc=/etc/policy-routing
names=/etc/iproute2/rt_tables.d

say() { printf '\n%s %s\n' "${mark-}" "$*"; }

# One JSON array a line. Standard error is told apart: an empty table must not look like a broken `ip`, nor the other way round.
show() { # SECTION IP-WORDS...
  section=$1
  shift
  say "$section"
  exec 3>&1
  why=$({ ip -j -N -d "$@" >&3; } 2>&1) || say "failed $section $why"
  exec 3>&-
}

uptime_now() {
  read -r now _ </proc/uptime
  now=${now%%.*}
}

facts() { # SSH_CONNECTION, read before sudo
  boot='' machine='' kernel=''
  read -r boot </proc/sys/kernel/random/boot_id
  { read -r machine </etc/machine-id; } 2>/dev/null
  read -r kernel </proc/sys/kernel/osrelease
  uptime_now
  say facts
  printf 'boot %s\nmachine %s\nkernel %s\nuptime %s\nssh %s\nuid %s\nip %s\n' "$boot" "$machine" "$kernel" "$now" "$1" "$(id -u)" "$(ip -V 2>&1 | head -n 1)"
}

rules() { # FAMILY
  show "rules $1" "-$1" rule show
}

routes() { # FAMILY TABLE
  show "routes $1 $2" "-$1" route show table "$2"
}

register() {
  say register
  [ ! -e "$run/register" ] || cat "$run/register"
}

table_names() {
  say names
  for file in /usr/share/iproute2/rt_tables /usr/share/iproute2/rt_tables.d/*.conf /etc/iproute2/rt_tables "$names"/*.conf; do
    [ ! -f "$file" ] || { printf '==> %s\n' "$file" && cat "$file" && printf '\n'; }
  done
}

# Files that decide whether anything may be changed, and what earlier transactions left to read.
standing() {
  if [ -e "$etc/freeze" ]; then
    say freeze
    head -c 500 "$etc/freeze"
  fi
  for txn in "$run"/t-*; do
    [ -d "$txn" ] || continue
    for stage in armed firing fired confirmed; do
      [ ! -e "$txn/$stage" ] || break
      stage=open
    done
    say "left ${txn##*/} $stage"
    cat "$txn/holder" "$txn/result" 2>/dev/null
  done
}
