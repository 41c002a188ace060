# shellcheck shell=sh
# The files that may hold what stands on a host, for `policy-routing adopt`. Lines that hold secrets are emptied here: they do not leave the host.
sources() {
  total=0
  for file in /etc/network/interfaces /etc/network/interfaces.d/* /etc/iproute2/rt_tables /etc/iproute2/rt_tables.d/*.conf /etc/netplan/*.yaml \
    /etc/systemd/network/*.network /etc/systemd/network/*.network.d/*.conf /etc/NetworkManager/system-connections/*.nmconnection \
    /etc/sysconfig/network-scripts/ifcfg-* /etc/sysconfig/network-scripts/rule-* /etc/sysconfig/network-scripts/rule6-* \
    /etc/sysconfig/network-scripts/route-* /etc/sysconfig/network-scripts/route6-* /etc/keepalived/*.conf /etc/wireguard/*.conf; do
    show_source "$file"
  done
  for file in /etc/rc.local /etc/network/if-*.d/* /etc/NetworkManager/dispatcher.d/* /etc/systemd/system/*.service /etc/cron.d/*; do
    ! grep -Eqs '(^|[ /])ip +(-[^ ]+ +)*(ru|rule|ro|route|r) ' "$file" || show_source "$file"
  done
}

# A file of ours says what is declared already.
show_source() { # FILE
  [ -f "$1" ] && [ -r "$1" ] || return 0
  case $1 in *policy-routing*) return 0 ;; esac
  size=$(wc -c <"$1")
  total=$((total + size))
  if [ "$size" -gt 262144 ] || [ "$total" -gt 1048576 ]; then
    say "source_left $1"
    return 0
  fi
  say "source $1"
  sed -e '/[Kk]ey[[:space:]]*[=:]/s/.*//' -e '/[Pp][Ss][Kk]/s/.*//' -e '/[Pp]ass/s/.*//' -e '/[Ss]ecret/s/.*//' "$1"
  printf '\n'
}
