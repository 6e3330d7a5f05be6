#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the Containerfile from HEAD and runs it: [SUITE=trixie] container.sh DIR
#
# The image begins FROM scratch with a tree that chroot.sh makes in DIR, so no registry is asked.
# Needs root, debootstrap and buildah. Within a sandbox that allows no namespaces of buildah's,
# BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs container.sh DIR.
set -euo pipefail

if [[ $# != 1 ]]; then
	sed -n '3,7s/^# \{0,1\}//p' "$0"
	exit 129
fi
dir=$(realpath -m "$1")
here=$(realpath "$(dirname "$0")")
suite=${SUITE:-bookworm}
base=localhost/slowpath-base:$suite
image=localhost/slowpath:$suite

"$here/chroot.sh" "$dir" true
context=$(mktemp -d)
running=
trap 'rm -rf "$context"; [[ -z $running ]] || buildah rm "$running" >/dev/null' EXIT

running=$(buildah from scratch)
tar -c --one-file-system --exclude='./srv/*' --exclude='./proc/*' --exclude='./sys/*' \
	--exclude='./var/cache/apt/archives/*.deb' -C "$dir" . >"$context/base.tar"
buildah add -q "$running" "$context/base.tar" / >/dev/null
buildah config --cmd /bin/bash "$running"
buildah commit -q --rm "$running" "$base" >/dev/null
running=
rm "$context/base.tar"

git clone -q --no-hardlinks "$(git -C "$here" rev-parse --show-toplevel)" "$context/slowpath"
buildah bud -q --build-arg "BASE=$base" -t "$image" "$context/slowpath" >/dev/null
running=$(buildah from "$image")
status=0
buildah run "$running" -- slowpath-headline slowpath || status=$?
echo "the container ended with $status; 1 is the regression" >&2
[[ $status == 1 ]]
