# shellcheck shell=sh
# Puts back what is persisted and is not there. Adds only: it replaces nothing, deletes nothing, and leaves alone what is not ours.
#   replay             adds what is missing
#   replay --check     prints what is missing, and exits with 1 if anything is
#   replay --monitor   adds what is missing, whenever it may be: after events of links, addresses, rules, next hops, and once a minute
#   replay --disable   break-glass: from now on does nothing, also after a reboot; what is in the kernel stays
#   replay --enable    the end of that
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
found='' result='' told='' locked='' vanished='' quiet=''

tell() { printf '%s\n' "$*" >&2; }

# Lines that begin with this word, without it.
lines_of() { # WORD TEXT
  printf '%s\n' "$2" | awk -F "$tab" -v word="$1" '$1 == word { print substr($0, length(word) + 2) }'
}

has() { # WORD TEXT
  case $nl$2 in *"$nl$1"*) ;; *) return 1 ;; esac
}

# What was added; and what is as it was the last time only once, as long as it stays so: the monitor looks every minute.
tell_news() {
  news=$found$nl$result
  if [ "$news" != "$told" ] && [ "$news" != "$nl" ]; then
    printf '%s\n' "$told" = "$news" | awk -F "$tab" '
      $0 == "=" { now = 1; next }
      $1 == "told" && !now { known[$2] = 1 }
      $1 == "told" && now && !($2 in known) { print $2 }
      $1 == "added" && now && !said[$2]++ { print ($2 ~ /^sysctl/ ? "set " : "added ") $2 }
      $1 == "replaced" && now { print "changed " $2 ", whose device has another gateway: ip route " $3 }
      $1 == "removed" && now { print "removed " $2 ", which its device has no more: ip rule " $3 }
      $1 == "took" && now { print "took back " $2 ", which said the same under another tag" }' >&2
  fi
  told=$news
}

# True when everything was looked at; 2 when somebody holds the host. The lock is taken only where something is to be done, and only
# if nothing happened since we looked.
pass() {
  found='' tried='' result=''
  [ ! -e "$etc/disabled" ] || return 0
  ! lock_held || return 2
  [ -z "$cleared" ] || { tell "$cleared was no lock that could be read: cleared" && cleared=''; }
  seen=$lock
  found=$(missing)
  if has "missing$tab" "$found" || has "owned$tab" "$found" || has "surplus$tab" "$found" || has "changed$tab" "$found"; then
    umask 077
    trap unlock EXIT
    trap 'exit 1' HUP INT TERM
    # The process number alone may be another one's too, in another PID namespace: nothing of its is let go of here.
    process $$
    me=r-$$-$start
    locked=1
    take_lock "$me" "$seen" 20 'replay, which puts back what is persisted' || { unlock && return 2; }
    renew=$(renewal "$me" 20)
    export renew # for restore
    result=$(restore_found first)
    own_found
    # Where many change rules, a look may pass some over: what is there already is looked at once more before it is told.
    if has exists "$result" || has each "$result"; then
      ! has each "$result" || tried=$(printf '%s\n' "$found" | sed "s/^missing$tab/tried$tab/")
      found=$(missing)
      result=$result$nl$(restore_found again)
      ! has "stands$tab" "$result" || result=$result$nl$(printf '%s\n' "$found" "$result" | take_back)
    fi
    if has "surplus$tab" "$found"; then
      # What is new stands before anything old goes.
      ! has "missing$tab" "$found" || found=$(missing)
      result=$result$nl$(printf '%s\n' "$found" | remove_surplus)
    fi
    ! has "changed$tab" "$found" || result=$result$nl$(printf '%s\n' "$found" | replace_changed)
    unlock
  fi
  tell_news
}

restore_found() { # first | again
  if [ -n "$tried" ] || has "missing$tab" "$found"; then printf '%s\n' "$vanished" "$tried" "$found" | restore "$1"; fi
}

# Half a line would be taken for something else: cutting a file needs no space.
own_found() {
  has "owned$tab" "$found" || return 0
  size=0
  [ ! -e "$run/register" ] || size=$(wc -c <"$run/register")
  lines_of owned "$found" 2>/dev/null >>"$run/register" || cut_to "$size" "$run/register" 2>/dev/null
}

unlock() {
  [ -n "$locked" ] || return 0
  release_lock "$me"
  rm -rf "${run:?}/$me"
  locked=''
}

once() {
  tries=0
  until pass; do
    tries=$((tries + 1))
    [ $tries -lt 20 ] || { tell 'another transaction holds the host' && return 1; }
    nap 50
  done
  ! has refused "$found" && ! has failed "$result"
}

check() {
  found=$(missing)
  tell_news
  printf '%s\n' "$found" | awk -F "$tab" '
    $1 == "missing" { print "missing: " ($3 == "s" ? $5 : $4 ": ip -" $3 " " $5) }
    $1 == "surplus" { print "surplus: " $3 ": ip -" $2 " " $4 }
    $1 == "changed" { print "changed: " $3 ": ip -" $2 " " $4 }'
  ! has "missing$tab" "$found" && ! has "surplus$tab" "$found" && ! has "changed$tab" "$found" && ! has refused "$found"
}

# What would take away what is persisted here, whoever's tag it has: the next number stands for rules that are being exchanged.
emptied() {
  # shellcheck disable=SC2012 # no name of ours holds a line break
  ls "$objects" 2>/dev/null | awk -v objects="$objects" -v owner="$default_owner" -v plain_kinds="$plain_kinds" '
    BEGIN {
      for (i = split(plain_kinds, kind, ","); i > 0; i--) {
        split(kind[i], word, " ")
        object_of[word[1]] = word[3]
      }
    }
    {
      path = objects "/" $0
      if ((getline header < path) <= 0 || split(header, field, "\t") < 8) next
      close(path)
      if (field[3] == 4 || field[3] == 6) families[field[3]]
      split(field[4], word, " ")
      if (word[1] in object_of) objects_of[object_of[word[1]]]
      if (field[4] !~ / staging$/ && field[8] > 0) tags[field[8] + 0]
    }
    END {
      for (tag in tags) list = list " " tag " " tag + 1
      if (list == "") list = " " owner " " owner + 1
      for (one in objects_of) more = more "; ip " one " flush proto $p"
      in_all = (4 in families) == (6 in families) ? " 4 6" : 4 in families ? " 4" : " 6"
      printf "for p in%s; do for f in%s; do ip -$f rule flush proto $p; ip -$f route flush table all proto $p; done%s; done", \
        list, in_all, more
    }'
}

[ "${1-}" = --disable ] || in_first_netns || {
  tell 'not done: what is persisted belongs to the network namespace of PID 1, and this is another'
  exit 1
}
case ${1-} in
  '') once ;;
  --check) check ;;
  --monitor) monitor ;;
  --disable)
    : >"$etc/disabled" && { [ ! -d /run/systemd/system ] || systemctl stop policy-routing.service 2>/dev/null || :; } &&
      tell "Disabled. What is in the kernel stays: \`$(emptied)\` would empty it."
    ;;
  --enable)
    rm -f "$etc/disabled" && { [ ! -d /run/systemd/system ] || systemctl start policy-routing.service; } && once
    ;;
  *)
    tell 'usage: replay [--check | --monitor | --disable | --enable]'
    exit 2
    ;;
esac
