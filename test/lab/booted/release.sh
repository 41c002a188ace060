#!/bin/sh
# Builds a root file system with a suite's shell and iproute2, and nothing that boots.
# Usage: release.sh SUITE DIRECTORY CACHE-OF-PACKAGES
set -eu
mkdir -p "$3"
debootstrap --variant=minbase --cache-dir="$3" --include=iproute2 "$1" "$2"
rm -rf "$2"/var/cache/apt/archives/*.deb "$2"/var/lib/apt/lists/* "$2"/usr/share/doc "$2"/usr/share/man "$2"/usr/share/locale
