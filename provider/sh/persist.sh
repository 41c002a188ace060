# shellcheck shell=sh
# What survives a reboot: one file an object, in the form of `ip -batch`, a script that adds what is missing, and what calls the script.
# Under the host's lock, after the confirm.
objects=$etc/objects
unit=/etc/systemd/system/policy-routing.service
wants=/etc/systemd/system/multi-user.target.wants/policy-routing.service
hook=/etc/network/if-up.d/policy-routing
rc=/etc/rc.local
rc_line="/bin/sh $etc/replay # pulumi-policy-routing"
rc_made='# made by pulumi-policy-routing'

# What is there. `auto` is what runs on this host and would call the script.
persistence() {
  say persistence
  if ! in_first_netns; then
    # All of it acts in PID 1's network namespace: it is neither asked nor told anything from another.
    if [ -e /proc/1/ns/net ]; then echo 'elsewhere own'; else echo 'elsewhere unknown'; fi
    return
  fi
  auto=none
  if [ -d /run/systemd/system ]; then
    auto=systemd
  elif [ -s /run/network/ifstate ] && [ -d "${hook%/*}" ]; then
    auto=ifupdown
  elif [ -x "$rc" ]; then
    auto='rc-local'
  fi
  echo "auto $auto"
  [ -d "$objects" ] || return 0
  version='' third=''
  { read -r _ && read -r _ _ _ version _ && read -r third; } 2>/dev/null <"$etc/replay"
  # One that would find another `ip`, or none, is written anew.
  if script_finds_ip "$third"; then echo "script $version"; fi
  [ ! -e "$etc/disabled" ] || echo disabled
  if [ -e "$unit" ] && [ -e "$wants" ] && { [ -e "$etc/disabled" ] || monitor_runs; }; then echo 'backend systemd'; fi
  [ ! -x "$hook" ] || echo 'backend ifupdown'
  ! rc_calls || echo 'backend rc-local'
  # Its text is looked at where it is written: reading it would cost every look a process.
  [ ! -f "$dropin" ] || echo 'backend networkd'
  if [ -e "$run/fought" ]; then while IFS='	' read -r key _; do echo "fought $key"; done <"$run/fought"; fi
  say stored
  (cd "$objects" && { cat -- * || printf '%s\n' * | xargs cat; }) 2>/dev/null
}

monitor_runs() {
  pid='' since=''
  { read -r pid since <"$run/monitor"; } 2>/dev/null
  [ -n "$pid" ] && process "$pid" && [ "$start" = "$since" ]
}

rc_calls() { [ -x "$rc" ] && grep -qxF "$rc_line" "$rc"; }

# FILE, tab, the rest of its header, tab, its lines, with tabs between: to keep. FILE alone: to let go. Each backend that an object names calls the script.
persist() { # BACKEND..., lines on standard input
  in_first_netns || { say unpersisted && echo 'this is not the network namespace of PID 1' && return; }
  if why=$(keep_objects 2>&1) && why=$(call_script "$@" 2>&1); then say persisted; else say unpersisted && printf '%s\n' "$why"; fi
}

# Written whole and to the disk before it gets its name. Letting go needs no space. Where there are more names than a command line holds,
# xargs makes several of it.
keep_objects() {
  umask 077
  # What a loss of power left there.
  [ ! -e "$etc/new" ] || rm -rf "$etc/new" || return 1
  gone=$(write_objects) || return 1
  if [ -d "$etc/new" ]; then
    is_trusted "$etc" "$objects" "$etc"/new/* || return 1
    sync "$etc"/new/* 2>/dev/null || sync
    mv -f "$etc"/new/* "$objects/" 2>/dev/null || (cd "$etc/new" && printf '%s\n' * | xargs sh -c 'exec mv -f "$@" ../objects/' sh) || return 1
    rmdir "$etc/new" || return 1
  fi
  # shellcheck disable=SC2086 # split on purpose: no name holds a blank
  [ -z "$gone" ] || (cd "$objects" && { rm -f $gone 2>/dev/null || printf '%s\n' "$gone" | xargs rm -f; }) || return 1
  [ ! -d "$objects" ] || sync "$objects" 2>/dev/null || sync
}

# What puts back takes nothing that another user could have written, since `ip -batch` can run commands: such a folder, or a default ACL that
# lets a group write, is told now and not found at a boot. Of more names than a command line holds nothing is told.
is_trusted() { # FILE...
  shown=$(ls -ldn "$@" 2>/dev/null)
  [ -n "$shown" ] || return 0
  while read -r mode _ user rest; do
    case "$mode $user" in
      [-d]????-??-?*' 0') continue ;;
      l*) why='is a link' ;;
      ?????w* | ????????w*) why='is writable by others' ;;
      *) why="is not root's" ;;
    esac
    rest=/${rest#*/}
    echo "${rest%% -> *} $why: what puts back would not take it" >&2
    return 1
  done <<END_OF_FILES
$shown
END_OF_FILES
}

# Prints the names of those to let go of.
write_objects() {
  while IFS='	' read -r file form channel key id stack backend owner line; do
    if [ -z "$form" ]; then
      printf '%s\n' "$file"
      continue
    fi
    [ -d "$etc/new" ] || mkdir -p "$objects" "$etc/new" || return 1
    case $line in 'adopt	'*) owner="$owner	adopt" line=${line#adopt	} ;; esac
    # shellcheck disable=SC2086 # split on purpose, at tabs
    (
      IFS='	'
      set -f
      printf '# pulumi-policy-routing %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
        "$form" "$file" "$channel" "$key" "$id" "$stack" "$backend" "$owner" && printf '%s\n' $line
    ) 2>/dev/null >"$etc/new/$file" || {
      echo "cannot write $etc/new/$file: is the disk full?" >&2
      return 1
    }
  done
}

# The new text of the script, where the one on the host is another. Services have a PATH of their own: where they would find another `ip`, the
# script gets this one.
write_script() { # the text on standard input
  umask 077
  quoted=''
  script_finds_ip '' || quote "$PATH"
  { mkdir -p "$etc" && with_path >"$etc/replay.new" && { sync "$etc/replay.new" 2>/dev/null || sync; } && mv -f "$etc/replay.new" "$etc/replay"; } 2>/dev/null
  rm -f "$run/monitor" # the one that runs has the old text: it is started anew
}

# Behind the lines that name shell and version.
with_path() {
  read -r first && read -r second && printf '%s\n%s\n' "$first" "$second" && { [ -z "$quoted" ] || printf 'PATH=%s\n' "$quoted"; } && cat
}

script_finds_ip() { # LINE: the third of the script
  find_ip
  mine=$ip ours=$PATH
  case $1 in
    PATH=*) eval "$1" ;;
    *) PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ;;
  esac
  find_ip
  PATH=$ours
  same_file "$ip" "$mine"
}

call_script() { # BACKEND...
  wanted=" $* "
  for program in awk ls; do
    [ $# -eq 0 ] || command -v $program >/dev/null || { echo "there is no $program on the host: what is persisted is read by it" && return 1; }
  done
  for backend in $persist_backends networkd; do
    case $wanted in
      *" $backend "*)
        [ -e "$etc/replay" ] || { echo "cannot write $etc/replay" && return 1; }
        case $backend in
          systemd) add_systemd ;;
          ifupdown) add_ifupdown ;;
          rc-local) add_rc_local ;;
          networkd) add_networkd ;;
        esac || return 1
        ;;
      *)
        case $backend in
          systemd) drop_systemd ;;
          ifupdown) [ ! -e "$hook" ] || [ -L "$hook" ] || rm -f "$hook" ;;
          rc-local) drop_rc_local ;;
          networkd) drop_networkd ;;
        esac || return 1
        ;;
    esac
  done
  [ $# -gt 0 ] || leave
}

# The last object is gone.
leave() {
  rm -f "$etc/replay" "$etc/replay.new" "$etc/disabled" "$run/fought" "$run/monitor" "$run/again"
  [ ! -d "$objects" ] || rmdir "$objects" || return 1
  [ ! -d "$etc" ] || rmdir "$etc" 2>/dev/null || :
}

# Not after the network: rules need no device, and one dead uplink must not keep the others waiting. After what reads sysctl.d.
unit_text() {
  cat <<END_OF_UNIT
[Unit]
Description=Puts back policy routing that is missing (pulumi-policy-routing)
DefaultDependencies=no
After=local-fs.target systemd-sysctl.service
Conflicts=shutdown.target
Before=shutdown.target
ConditionPathExists=$etc/replay
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/sh $etc/replay --monitor
Restart=always
RestartSec=2

[Install]
WantedBy=multi-user.target
END_OF_UNIT
}

# Whole or not at all, and where that is refused nothing of it stays. A link is somebody's word: that of `systemctl mask` leads to /dev/null.
put_in_place() { # FILE MODE, the text on standard input
  [ ! -L "$1" ] || { echo "$1 is a link to $(readlink "$1"), which is not ours: is it masked?" && return 1; }
  if cat >"$1.new" && chmod "$2" "$1.new" && mv -f "$1.new" "$1"; then return 0; fi
  rm -f "$1.new"
  return 1
}

add_systemd() {
  [ -d /run/systemd/system ] || { echo 'systemd does not run on the host'; return 1; }
  if [ "$(cat "$unit" 2>/dev/null)" != "$(unit_text)" ]; then
    { unit_text | put_in_place "$unit" 644 && systemctl daemon-reload; } || return 1
  fi
  [ -e "$wants" ] || systemctl enable --quiet policy-routing.service || return 1
  if [ -e "$etc/disabled" ] || monitor_runs; then return 0; fi
  systemctl restart policy-routing.service || return 1
  tries=0
  until monitor_runs; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo 'its service policy-routing.service does not start'; return 1; }
    sleep 0.02
  done
}

drop_systemd() {
  [ -e "$unit" ] && [ ! -L "$unit" ] || return 0
  [ ! -d /run/systemd/system ] || systemctl disable --quiet --now policy-routing.service || return 1
  rm -f "$unit" "$unit.new" "$wants" || return 1
  [ ! -d /run/systemd/system ] || systemctl daemon-reload
}

add_ifupdown() {
  [ -d "${hook%/*}" ] || { echo "there is no ${hook%/*} on the host"; return 1; }
  [ ! -x "$hook" ] || return 0
  # It must not keep an interface from coming up.
  printf '#!/bin/sh\n# pulumi-policy-routing\n/bin/sh %s/replay || :\n' "$etc" | put_in_place "$hook" 755
}

# Behind the first line, which names the shell: what follows may end with `exit`. Behind what makes rules and routes, where the file does: above
# these, its own lines would find ours in their places, and its rules without a priority would come before ours.
add_rc_local() {
  ! rc_calls || { ! rc_is_above || edit_rc_local with_line; return; }
  if [ ! -e "$rc" ]; then
    printf '#!/bin/sh\n%s\n%s\n' "$rc_made" "$rc_line" | put_in_place "$rc" 755
    return
  fi
  [ -x "$rc" ] || { echo "$rc is not executable: nothing runs it" && return 1; }
  edit_rc_local with_line
}

drop_rc_local() {
  [ -e "$rc" ] && grep -qxF "$rc_line" "$rc" || return 0
  if grep -qxF "$rc_made" "$rc"; then rm -f "$rc"; else edit_rc_local without_line; fi
}

rc_is_above() { [ "$(with_line <"$rc")" != "$(cat "$rc")" ]; }

# Where the file makes something: behind the last such line, once no block is open. Else behind the line that names the shell.
with_line() {
  awk -v ours="$rc_line" '
    $0 == ours { own = count + 1; next }
    { line[++count] = $0 }
    /^[^#]*(^|[ \t;&|\/])ip[ \t]+(-[^ \t]+[ \t]+)*(ru|rule|ro|route|r)[ \t]/ { last = count }
    END {
      at = line[1] ~ /^#!/ ? 1 : 0
      if (last) at = end_of_block(last)
      # Where it stands already is right, unless what makes something comes behind.
      if (own && (!last || own > at)) at = own - 1
      for (i = 1; i <= at; i++) print line[i]
      print ours
      for (; i <= count; i++) print line[i]
    }
    # Words that open and close blocks, as they stand at the beginning of a command.
    function end_of_block(last,    i, depth, text) {
      for (i = 1; i <= count; i++) {
        text = line[i]
        sub(/^[ \t]*#.*/, "", text)
        depth += gsub(/(^|[;&|][ \t]*|(then|do|else)[ \t]+|^[ \t]+)(if|case|for|while|until)[ \t]/, "&", text) + gsub(/\{[ \t]*$/, "&", text)
        depth -= gsub(/(^|[;&|][ \t]*|^[ \t]+)(fi|done|esac|\})([ \t;&|)<>]|$)/, "&", text)
        if (i >= last && depth <= 0 && line[i] !~ /(\\|&&|\|\||\|)[ \t]*$/) return i
      }
      return count
    }'
}

without_line() { grep -vxF "$rc_line" || :; }

# Keeps mode and owner, and a link where the file is one.
edit_rc_local() { # FILTER
  file=$(readlink -f "$rc") || return 1
  if cp -p "$file" "$file.new" && "$1" <"$file" >"$file.new" && mv -f "$file.new" "$file"; then return 0; fi
  rm -f "$file.new"
  return 1
}
