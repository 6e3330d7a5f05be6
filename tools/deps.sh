# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
# What slowpath needs from Debian, and how to get what is missing. Sourced by ./check and ./demo.

BUILD_PACKAGES=(gcc libc6-dev meson ninja-build pkgconf python3
	libarchive-dev libdw-dev libelf-dev libjansson-dev libsqlite3-dev libyaml-dev nettle-dev)
RUN_PACKAGES=(binutils qemu-system-x86 universal-ctags)
# The browser, fish and zsh: pages are looked at, and completions tried, where users will.
TEST_PACKAGES=(binutils busybox-static chromium clang clang-format clang-tidy fish git libclang-rt-dev
	libcmocka-dev make shellcheck strace zsh)
# To make the package, beside what builds; tools/package does.
PACKAGE_PACKAGES=(build-essential debhelper dpkg-dev git libcmocka-dev)
# To measure kernels for arm64: the guest's compiler, and the emulator. What lacks them does without.
ARM64_PACKAGES=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-system-arm)
# To build kernels from git trees; ./check bisect does.
KERNEL_PACKAGES=(bc binutils bison ccache flex gcc git libc6-dev libelf-dev libssl-dev make xz-utils)

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "${0##*/}: $*"
	exit 128
}

# Prints those of the named packages that are not installed.
missing_packages() {
	local p
	for p in "$@"; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) == installed ]] || echo "$p"
	done
}

as_root() {
	if [[ $(id -u) == 0 ]]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root to install packages, and there is no sudo. As root: apt-get install ${missing[*]}"
	fi
}

# install_missing PACKAGE...: leaves alone what is there, asks nothing.
install_missing() {
	local missing=()
	command -v dpkg-query >/dev/null ||
		die "this is no Debian system: see 'In a container' in README.md; or, for ./check," \
			"install the like of: $* - and use --no-install"
	mapfile -t missing < <(missing_packages "$@")
	[[ ${#missing[@]} == 0 ]] && return
	say "installing ${missing[*]}"
	as_root apt-get -qq update
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o Dpkg::Use-Pty=0 install "${missing[@]}" >/dev/null ||
		die "apt-get could not install ${missing[*]}"
}
