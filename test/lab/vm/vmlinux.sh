#!/bin/sh
# Takes the ELF image out of a bzImage, by the header of the boot protocol. Usage: vmlinux.sh BZIMAGE OUTPUT
set -eu
# An unsigned little-endian number: OFFSET LENGTH.
number() { od -An -tu"$2" -j "$1" -N "$2" "$image" | tr -d ' '; }
image=$1
sectors=$(number 497 1)
[ "$sectors" -ne 0 ] || sectors=4
offset=$(((sectors + 1) * 512 + $(number 584 4)))
length=$(number 588 4)
payload() { tail -c +$((offset + 1)) "$image" | head -c "$length"; }
case $(payload | head -c 4 | od -An -tx1 | tr -d ' ') in
fd377a58) payload | xz -dc --single-stream >"$2" ;;
28b52ffd) payload | head -c $((length - 4)) | zstd -dcq >"$2" ;;
*) echo "$image is packed in a way that is not known here" >&2 && exit 1 ;;
esac
