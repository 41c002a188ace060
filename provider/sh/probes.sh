# shellcheck shell=sh
# Checks that a person declared, one a line: NUMBER KIND ADDRESS PORT SOURCE DEVICE, with `-` where there is none. The device may be a VRF,
# and for a route it is one. They run at the same time, before and after a change.
probes() {
  pids=''
  while read -r number kind address port source device; do
    [ "$source" != - ] || source=''
    [ "$device" != - ] || device=''
    case $kind in
      ping) probe_ping & ;;
      tcp) probe_tcp & ;;
      route) probe_route & ;;
    esac
    pids="$pids $!"
  done
  # shellcheck disable=SC2086 # split on purpose; a bare wait would wait for the guard as well
  wait $pids
}

probe_result() { # WORD TEXT
  printf '\n%s probe %s %s\n%s\n' "$mark" "$number" "$1" "$2"
}

# One reply of three is enough: a lost packet is no verdict. Quiet, it asks nobody for names; toybox's has no -n for that.
probe_ping() {
  set -- -q -c 1 -W 1
  [ -z "$device" ] || set -- "$@" -I "$device"
  [ -z "$source" ] || set -- "$@" -I "$source"
  for try in 1 2 3; do
    if why=$(ping "$@" "$address" 2>&1); then
      probe_result passed "$try"
      return
    fi
  done
  probe_result failed "$(printf '%s' "$why" | tail -n 3)"
}

# bash connects by itself, but cannot choose the source; nc can.
probe_tcp() {
  if [ -z "$source$device" ] && command -v bash >/dev/null; then
    # shellcheck disable=SC2016 # expanded by bash
    why=$(timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$address" "$port" 2>&1) && code=0 || code=$?
  elif [ -z "$device" ] && command -v nc >/dev/null; then
    set -- -z -w 3
    [ -z "$source" ] || set -- "$@" -s "$source"
    why=$(nc "$@" "$address" "$port" 2>&1) && code=0 || code=$?
  elif command -v python3 >/dev/null; then
    why=$(python3 -c 'import socket, sys
host, port, source, device = sys.argv[1:]
s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
s.settimeout(3)
if device: s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
if source: s.bind((source, 0))
s.connect((host, int(port)))' "$address" "$port" "$source" "$device" 2>&1) && code=0 || code=$?
  else
    why='neither bash, nc nor python3 on the host can make this connection' code=1
  fi
  if [ "$code" -eq 0 ]; then probe_result passed ''; else probe_result failed "$(printf '%s' "$why" | tail -n 1)"; fi
}

# Packets of which the kernel is asked where they go, one a line: NUMBER FAMILY WORDS-OF-ROUTE-GET.
lookups() {
  while read -r number family words; do
    say "lookup $number"
    printf 'route get %s\n' "$words" | ip "-$family" -j -N -d -batch - 2>&1 || :
  done
}

probe_route() {
  line="route get $address"
  line="$line${source:+ from $source}${device:+ vrf $device}"
  case $address in *:*) family=6 ;; *) family=4 ;; esac
  if shown=$(printf '%s\n' "$line" | ip "-$family" -j -N -d -batch - 2>&1); then probe_result route "$shown"; else probe_result failed "$shown"; fi
}
