# shellcheck shell=sh
# Reading a host. Each part begins with a line `MARK SECTION`; a part that failed is followed by `MARK failed SECTION WHY`.
# These functions live in the long-lived shell of a connection and in the guard; `mark` names the frame that asks.
names=/etc/iproute2/rt_tables.d

say() { printf '\n%s %s\n' "${mark-}" "$*"; }

# One JSON array, and behind it what `ip` complains of: in its midst it would break the array. What was interrupted by a change is read
# again: the last reading counts. A failure is said last: an empty table must not look like a broken `ip`, nor the other way round.
show() { # SECTION IP-WORDS...
  section=$1 tries=1
  shift
  while
    shown=ok
    say "$section"
    { complaint=$(ip -j -N -d "$@" 2>&1 >&3) || shown=failed; } 3>&1
    case $complaint in *'Dump was interrupted'*) [ $tries -lt 3 ] ;; *) false ;; esac
  do
    tries=$((tries + 1))
  done
  [ -z "$complaint" ] || printf '%s\n' "$complaint"
  [ "$shown" = ok ] || say "failed $section"
}

facts() { # SSH_CONNECTION, read before sudo
  boot='' machine='' kernel=''
  read -r boot </proc/sys/kernel/random/boot_id
  { read -r machine </etc/machine-id; } 2>/dev/null
  read -r kernel </proc/sys/kernel/osrelease
  uptime_now
  while read -r word uid _; do [ "$word" != Uid: ] || break; done </proc/self/status
  own=yes ipv6=yes missing=''
  ! in_first_netns || own=no
  [ -n "${netns-}" ] || read_netns
  [ -e /proc/net/if_inet6 ] || ipv6=no
  for program in cat grep ln mkdir mv readlink rm rmdir sed sleep tail wc; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  command -v dd >/dev/null || command -v truncate >/dev/null || missing="$missing dd"
  say facts
  printf 'boot %s\nmachine %s\nnetns %s\nown_netns %s\nipv6 %s\nkernel %s\nuptime %s\nssh %s\nuid %s\nmissing%s\nip %s\n' \
    "$boot" "$machine" "$netns" "$own" "$ipv6" "$kernel" "$now" "$1" "$uid" "$missing" "$(ip -V 2>&1)"
}

rules() { # FAMILY
  show "rules $1" "-$1" rule show
}

routes() { # FAMILY TABLE
  show "routes $1 $2" "-$1" route show table "$2"
}

tagged() { # FAMILY PROTO
  show "tagged $1 $2" "-$1" route show table all proto "$2"
}

# JSON leaves out which metrics are locked.
locks() { # FAMILY TABLE [exact DESTINATION]
  family=$1 table=$2
  shift 2
  say "locks $family $table"
  ip "-$family" -N -d route show table "$table" "$@" 2>/dev/null | grep ' lock ' || :
}

# Of an object without a gateway only the family that shows it says which it has. The routes of all tables that go by one: when an object
# goes, the kernel takes them along.
nexthops() { # NHID..., of which the routes are to be seen
  show nexthops nexthop show
  show 'nexthops 6' -6 nexthop show
  [ $# -gt 0 ] || return 0
  ids=$(IFS='|' && echo "$*")
  for family in 4 6; do
    say "nexthop_users $family"
    ip "-$family" -N -d -o route show table all 2>/dev/null | grep -E " nhid ($ids) " || :
  done
}

register() {
  say register
  [ ! -e "$run/register" ] || cat "$run/register"
}

sysctls() {
  say sysctls
  while read -r _ path; do
    # shellcheck disable=SC2231 # of each device
    for file in /proc/sys/net/$path; do
      value=''
      { read -r value <"$file"; } 2>/dev/null
      printf '%s %s\n' "$file" "$value"
    done
  done <<END_OF_PATHS
$sysctl_paths
END_OF_PATHS
}

table_names() {
  say names
  for file in /usr/share/iproute2/rt_tables /usr/share/iproute2/rt_tables.d/*.conf /etc/iproute2/rt_tables "$names"/*.conf; do
    [ -f "$file" ] || continue
    lines=''
    while IFS= read -r line || [ -n "$line" ]; do lines="$lines$line
"; done <"$file"
    printf '==> %s\n%s\n' "$file" "$lines"
  done
}

# How replies to this connection leave and how its packets come in: what all tables hold for both addresses, and the kernel's own answer.
# Where there are many routes, the first only when it is needed.
paths() { # SESSION [needed]
  needed=${2-}
  # shellcheck disable=SC2086 # split on purpose
  set -- $1
  [ $# -eq 4 ] || return 0
  client=${1%%%*} server=${3%%%*} bound=''
  # A link-local address is one of a device, to which the socket is bound.
  case $1 in *%*) bound="oif ${1#*%}" ;; esac
  case $client in ::ffff:*.*) client=${client#::ffff:} server=${server#::ffff:} ;; esac
  case $client in *:*) family=6 ;; *) family=4 ;; esac
  vrf_of_server
  later=''
  [ -n "$needed" ] || ! crowded "$family" || later=' later'
  say "path$later"
  {
    [ -n "$later" ] || printf 'route show table all match %s\n' "$client" "$server"
    printf 'route get %s from %s ipproto 6 sport %s dport %s uid 0 %s\n' "$client" "$server" "$4" "$2" "$bound"
  } | ip "-$family" -force -j -N -d -batch - 2>/dev/null
}

# A socket whose connection came in by a VRF is bound to it. Its name, `?` where several devices have the address; nothing without a VRF.
vrf_of_server() {
  [ -e /proc/sys/net/vrf ] || [ -e /sys/module/vrf ] || return 0
  # shellcheck disable=SC2086 # split on purpose
  owner=$(ip -j -d address show to "$server" ${bound:+dev ${bound#oif }} 2>/dev/null) || return 0
  case $owner in
  *'"info_slave_kind":"vrf"'*) vrf=${owner#*'"master":"'} ;;
  *'"info_kind":"vrf"'*) vrf=${owner#*'"ifname":"'} ;;
  *) return 0 ;;
  esac
  vrf=${vrf%%'"'*}
  owner=${owner#*'"ifname":"'}
  case $owner in *'"ifname":"'*) vrf='?' ;; esac
  say "bound $vrf"
  [ "$vrf" = '?' ] || bound=${bound:-"oif $vrf"}
}

# What may mark packets, for src/kernel/management/marking.ts: any line of `marks` means that no mark can be told; of packet filters the lines that say
# where a chain stands, where it leads and what it marks.
marks() {
  say marks
  for knob in ipv4/fwmark_reflect ipv4/tcp_fwmark_accept ipv6/fwmark_reflect; do
    value=0
    { read -r value <"/proc/sys/net/$knob"; } 2>/dev/null
    [ "$value" = 0 ] || echo "net.$knob is $value"
  done
  if ! command -v nft >/dev/null && grep -qs '^nf_tables ' /proc/modules; then
    echo 'nf_tables is loaded, and there is no nft to read it'
  fi
  for family in '' 6; do
    if old_tables "$family" && ! old_filter "$family" >/dev/null; then echo 'iptables has tables that cannot be read'; fi
  done
  say 'marks arriving'
  ! command -v tc >/dev/null || marked_by_tc
  say 'marks nft'
  if command -v nft >/dev/null; then
    nft -s list ruleset 2>&1 |
      grep -E '^table |^[[:space:]][a-z]+ [^ ]+ \{|[[:space:]]hook |(jump|goto) |vmap @|mark set|xt target|queue|not permitted'
  fi
  say 'marks iptables'
  for family in '' 6; do ! old_tables "$family" || old_filter "$family" | grep -vE -- '^:|-j (ACCEPT|DROP|RETURN|REJECT|LOG|MASQUERADE|SNAT|DNAT)( |$)'; done
}

# Tables of the old iptables, which nft does not show.
old_tables() { grep -qs . "/proc/net/ip${1}_tables_names"; } # '' or 6

old_filter() { # '' or 6
  for save in "ip$1tables-legacy-save" "ip$1tables-save"; do
    ! command -v "$save" >/dev/null || { "$save" 2>/dev/null && return 0; }
  done
  return 1
}

# It has what comes in before any packet filter.
marked_by_tc() {
  tc qdisc show 2>/dev/null | while read -r _ kind _ _ device _; do
    case $kind in clsact | ingress) ;; *) continue ;; esac
    tc filter show dev "$device" ingress 2>/dev/null </dev/null | grep -E 'mark|ctinfo|bpf|: ct ' | sed "s/^[[:space:]]*/tc has at $device: /"
  done
}

# What devices have, for entries that follow them.
uplinks() { show 'uplinks addresses' address show up scope global; }

# Default routes of all tables, for entries that follow a gateway.
ways() { show "uplinks ways $1" "-$1" route show table all default; } # FAMILY

# For rules that look at a device's group or VRF.
links() { show links link show; }

# What the kernel knows of gateways, from its own table: nothing is sent. Lines of `neigh GATEWAY [DEVICE]`; one that cannot be shown is left out.
gateways() {
  while read -r words gateway device; do
    entries=$(ip -j neigh show to "$gateway" ${device:+dev "$device"} 2>/dev/null </dev/null) || continue
    say "$words $gateway${device:+ $device}"
    printf '%s\n' "$entries"
  done
}

# Files that decide whether anything may be changed, and what earlier transactions left to read.
standing() {
  if [ -e "$etc/freeze" ]; then
    say freeze
    head -c 500 "$etc/freeze"
  fi
  find_history
  show_taken_back
  if [ -e "$run/last" ]; then
    say last
    read -r last <"$run/last" && echo "$last"
  fi
  for txn in "$run"/t-*; do
    [ -d "$txn" ] || continue
    for stage in armed unguarded told fired confirmed; do
      [ ! -e "$txn/$stage" ] || break
      stage=open
    done
    ! firing "$txn" || stage=firing
    say "left ${txn##*/} $stage"
    cat "$txn/holder" "$txn/result" 2>/dev/null
  done
}

# All that decides where packets go, where that can be carried over.
network() {
  count_routes 4
  total=$routes
  count_routes 6
  total=$((total + routes))
  [ "$total" -le "$most_routes" ] || { say "too_many $total" && return; }
  rules 4
  rules 6
  for family in 4 6; do show "routes $family all" "-$family" route show table all; done
  links
  show addresses address show
  show nexthops nexthop show
  say sysctls
  set -f
  for setting in $packet_settings; do
    set +f
    # shellcheck disable=SC2086 # for each device
    grep -Hs . /proc/sys/net/$setting
  done
}
