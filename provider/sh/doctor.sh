# shellcheck shell=sh
# What `policy-routing doctor` asks beyond an observation: sent with its own frames, beside the library. Read by src/host/reading/examine.ts.
room() {
  say room
  [ ! -w /etc ] || echo 'etc writable'
  uptime_now
  [ -z "$reading" ] || echo "uptime $now"
  seconds=$(date +%s 2>/dev/null) && echo "clock $seconds"
  command -v df >/dev/null || return 0
  # The name of what is mounted may hold blanks: counted from behind.
  df -Pk /run 2>/dev/null | sed -n 's/^.* \([0-9][0-9]*\) *[0-9][0-9]*% .*$/free \1/p'
}

# The guard that a change arms, with nothing to undo, in a folder of its own: nobody's lock is touched. Where the connection is lost before the
# next frame, the folder goes at the deadline: that is its undo.
try_guard() { # NAME SECONDS
  umask 077
  run=${run%/net-*}.$1
  dir=$run/$1
  came_back=$(mkdir -p "$dir" 2>&1) || stop "cannot write to ${run%/*}: is it full or read-only?"
  undo="undo_1() { rm -rf $run; }
changes=1"
  put $((${#undo} + 1)) "$undo"
  arm "$2"
  if [ -z "$manager" ]; then
    say 'guard as two processes that watch each other'
  elif in_first_netns; then
    say 'guard as a service of systemd'
  else
    say 'guard as two processes in a scope of systemd'
  fi
}

# A guard ends when its folder is gone.
drop_guard() { # NAME
  rm -rf "${run%/net-*}.$1"
  began=$slept
  while grep -qs "$1/[g]uard" /proc/[0-9]*/cmdline; do
    [ $((slept - began)) -lt 300 ] || { say remains && return; }
    nap 10
  done
}
