# shellcheck shell=sh
# Who else on the host makes and removes rules and routes. Told by files, without a process where there is nobody.
dropin=/etc/systemd/networkd.conf.d/policy-routing.conf

neighbours() {
  say neighbours
  in_first_netns || return 0 # they look after that of PID 1
  for link in /run/systemd/netif/links/*; do
    [ ! -e "$link" ] || { networkd_keys && break; }
  done
  [ ! -d /run/NetworkManager ] || echo NetworkManager
  while read -r name path; do
    [ ! -e "$path" ] || echo "agent $name"
  done <<END_OF_AGENTS
$known_agents
END_OF_AGENTS
}

# The version, and what it says of foreign rules, routes and next hops: the last value of a key counts.
networkd_keys() {
  systemd_version
  values=''
  while read -r wanted _; do
    said=yes
    for folder in /usr/lib/systemd /run/systemd /etc/systemd; do
      for file in "$folder/networkd.conf" "$folder"/networkd.conf.d/*.conf; do
        [ -f "$file" ] || continue
        while IFS='=' read -r key value; do
          [ "$key" != "$wanted" ] || said=${value:-yes}
        done <"$file"
      done
    done
    values="$values $said"
  done <<END_OF_KEYS
$foreign_keys
END_OF_KEYS
  echo "networkd $version$values"
}

systemd_version() { # sets version
  version=$(systemctl --version 2>/dev/null)
  version=${version#systemd }
  version=${version%%[!0-9]*}
}

# A key that a version does not know would only be complained of: it is left out.
dropin_text() {
  systemd_version
  echo '# pulumi-policy-routing: leave alone what systemd-networkd did not make'
  echo '[Network]'
  while read -r key since; do
    [ "${version:-0}" -lt "$since" ] || echo "$key=no"
  done <<END_OF_KEYS
$foreign_keys
END_OF_KEYS
}

# systemd-networkd is not restarted for it: that would be the sweep itself. It reads it when it starts.
add_networkd() {
  [ "$(cat "$dropin" 2>/dev/null)" != "$(dropin_text)" ] || return 0
  made=''
  [ -d "${dropin%/*}" ] || { mkdir -m 755 "${dropin%/*}" && made=' made'; } || return 1
  dropin_text | put_in_place "$dropin" 644 || { [ -z "$made" ] || rmdir "${dropin%/*}"; return 1; }
  [ -z "$made" ] || : >"$etc/made-networkd.conf.d"
}

drop_networkd() {
  [ ! -e "$dropin" ] || [ -L "$dropin" ] || rm -f "$dropin" || return 1
  [ ! -e "$etc/made-networkd.conf.d" ] || { rm -f "$etc/made-networkd.conf.d" && rmdir "${dropin%/*}" 2>/dev/null; } || :
}
