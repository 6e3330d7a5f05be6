#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tries the checkout on a truly fresh Debian: [SUITE=trixie] chroot.sh DIR [COMMAND...]
#
# DIR is made by debootstrap (a minimal system with git and certificates, nothing else), of SUITE
# (default: bookworm, Debian 12), from the mirror that this Debian 12 machine's apt uses, and is
# kept: a second run finds it as the first left it.
# HEAD is cloned into it and COMMAND (default: ./check --quick) runs there as root with an empty
# home. Needs root and the package debootstrap.
#
# /proc, /sys and /dev are mounted in a mount namespace of their own and vanish with it, so DIR can
# be removed afterwards without a mount in it.
set -euo pipefail

if [[ $# -lt 1 ]]; then
	sed -n '3,12s/^# \{0,1\}//p' "$0"
	exit 129
fi
dir=$(realpath -m "$1")
suite=${SUITE:-bookworm}
shift
[[ $# -gt 0 ]] || set -- ./check --quick
repo=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)

if [[ ! -e $dir/.complete ]]; then
	# shellcheck disable=SC2016
	mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' | awk '$1 == "bookworm" && $2 == "main" { print $3; exit }')
	# One script of debootstrap's is all releases since bookworm, whether it knows the name or not.
	debootstrap --variant=minbase --include=git,ca-certificates "$suite" "$dir" \
		"${mirror:?apt knows no bookworm here}" /usr/share/debootstrap/scripts/bookworm
	# Updates and keys as on this machine.
	rm -f "$dir/etc/apt/sources.list"
	find /etc/apt -maxdepth 2 \( -name 'sources.list' -o -name 'debian.sources' \) -size +0 \
		-exec cp --parents {} "$dir" \;
	find "$dir/etc/apt" \( -name 'sources.list' -o -name 'debian.sources' \) \
		-exec sed -i "s/bookworm/$suite/g" {} +
	cp /usr/share/keyrings/debian-archive-*.gpg "$dir/usr/share/keyrings/"
	cp -L /etc/resolv.conf "$dir/etc/resolv.conf"
	touch "$dir/.complete"
fi
if [[ -e $dir/srv/slowpath ]]; then
	git -C "$dir/srv/slowpath" pull -q --ff-only "$repo" HEAD
else
	git clone -q --no-hardlinks "$repo" "$dir/srv/slowpath"
fi
mkdir -p "$dir/srv/home"
# shellcheck disable=SC2016
exec unshare --mount --pid --fork --kill-child --propagation private bash -euc '
	dir=$1
	shift
	mount -t proc proc "$dir/proc"
	mount -t sysfs -o ro sysfs "$dir/sys"
	mount --rbind /dev "$dir/dev"
	exec chroot "$dir" env -i HOME=/srv/home PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
		sh -c "cd /srv/slowpath && exec \"\$@\"" sh "$@"' bash "$dir" "$@"
