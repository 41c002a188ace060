# shellcheck shell=sh
# The long-lived shell of a connection. A frame is a line `MARK LENGTH` and LENGTH bytes of text, read whole before any of it runs: a text
# that was cut off does nothing. Nothing is ever sent behind a frame before its answer came: some `head` read ahead. The first one brings the
# library: run in this shell, it sets `library`, defines the functions of the other files, and leaves in `text` what is to run as a frame. No
# single quotes in here: the text travels inside them, through whatever login shell the user has.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
# shellcheck disable=SC2034 # read by frames
session=$1
while IFS=" " read -r mark length; do
  text=$(head -c "$length")
  if [ "${#text}" -ne "$length" ]; then
    code="cut"
    command -v head >/dev/null || code="headless"
  else
    (eval "$text") </dev/null
    code=$?
  fi
  printf "\n%s end %s\n" "$mark" "$code"
done
