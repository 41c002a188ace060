# shellcheck shell=sh
# The files that may hold what stands on a host, for `policy-routing adopt`. Lines that hold secrets are emptied here: they do not leave the host.
# What is in /run was made by a program; a file of the same name in /etc is read in its place.
sources() {
  total=0
  for file in /etc/network/interfaces /etc/network/interfaces.d/* /etc/iproute2/rt_tables /etc/iproute2/rt_tables.d/*.conf /etc/netplan/*.yaml \
    /etc/systemd/network/*.network /etc/systemd/network/*.network.d/*.conf /etc/NetworkManager/system-connections/*.nmconnection \
    /run/systemd/network/*.network /run/systemd/network/*.network.d/*.conf /run/NetworkManager/system-connections/*.nmconnection \
    /etc/sysconfig/network-scripts/ifcfg-* /etc/sysconfig/network-scripts/rule-* /etc/sysconfig/network-scripts/rule6-* \
    /etc/sysconfig/network-scripts/route-* /etc/sysconfig/network-scripts/route6-* /etc/keepalived/*.conf /etc/wireguard/*.conf; do
    case $file in /run/*) [ ! -e "/etc${file#/run}" ] || continue ;; esac
    show_source "$file"
  done
  tab=$(printf '\t')
  ip_words="(^|[^[:alnum:]_-])ip[ $tab]+([^#]*[ $tab])?(ru|rule|ro|route|r|-?-b|-?-ba[a-z]*)[ $tab]|(rule|route)[ $tab]+(add|replace|append|prepend|change|restore)"
  holding "$ip_words" /etc/rc.local /etc/rc.d/rc.local /etc/local.d/*.start /etc/network/if-*.d/* /etc/networkd-dispatcher/*/* \
    /etc/NetworkManager/dispatcher.d/* /etc/NetworkManager/dispatcher.d/*/* /etc/dhcp/dhclient-*-hooks.d/* /etc/systemd/system/*.service |
    show_sources
  holding "$ip_words" /etc/crontab /etc/cron.d/* /var/spool/cron/crontabs/root /var/spool/cron/root | show_sources "/$ip_words/!s/.*//"
  holding '^network[[:space:]]*:' /etc/cloud/cloud.cfg.d/*.cfg | show_sources
}

# Of a pipe a read would wait for ever.
holding() { # PATTERN FILE...; prints the names
  pattern=$1
  shift
  for file; do
    shift
    [ ! -f "$file" ] || set -- "$@" "$file"
  done
  [ $# -eq 0 ] || grep -Els -e "$pattern" "$@"
}

show_sources() { # [SED]; their names on standard input
  while read -r file; do show_source "$file" "${1-}"; done
}

# A file of ours says what is declared already. "bypass" is a word of routes, and no secret.
show_source() { # FILE [SED]
  [ -f "$1" ] && [ -r "$1" ] || return 0
  case $1 in *policy-routing*) return 0 ;; esac
  size=$(wc -c <"$1")
  total=$((total + size))
  if [ "$size" -gt 262144 ] || [ "$total" -gt 1048576 ]; then
    say "source_left $1"
    return 0
  fi
  say "source $1"
  sed -E -e "${2-}" -e '/-----BEGIN.*-----END/s/.*//' -e '/-----BEGIN/,/-----END/s/.*//' -e '/[Kk][Ee][Yy][[:space:]]*[=:]/s/.*//' \
    -e h -e 's/[Bb][Yy][Pp][Aa][Ss][Ss]//g' \
    -e '/[Pp][Ss][Kk]|[Pp][Aa][Ss][Ss]|[Ss][Ee][Cc][Rr][Ee][Tt]|[Tt][Oo][Kk][Ee][Nn]/{s/.*//;b' -e '}' -e g "$1"
  printf '\n'
}
