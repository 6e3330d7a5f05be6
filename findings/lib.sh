# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
# What the findings share: a temporary folder, packages of exact versions unpacked in it, and how a
# finding tells what it saw. Sourced. Nothing is installed; the folder is removed at the end.
# FINDINGS_CACHE=FOLDER keeps there what was fetched and unpacked, for those who run several.

set -euo pipefail
export LC_ALL=C

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
T=$(mktemp -d "${TMPDIR:-/tmp}/finding.XXXXXX")
STORE=${FINDINGS_CACHE:-$T/store}
# Exact versions, as the releases had them when this was written.
QEMU_7='bookworm 1:7.2+dfsg-7+deb12u18+b3'
QEMU_10='trixie 1:10.0.13+ds-0+deb13u1'
QEMU_11='trixie-backports 1:11.1.3+ds-1~bpo13+1'
WRONG=0

finish() {
	local child
	for child in $(jobs -p); do
		kill "$child" 2>/dev/null || true
	done
	wait
	rm -rf "$T"
}
trap finish EXIT
trap 'exit 130' INT TERM

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 128
}

need() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || die "needs $tool"
	done
}

# guess TEXT, seen TEXT: what is said to the reader.
guess() { printf 'a good guess: %s\n' "$*"; }

# expect WHAT SEEN WANTED: one line of the finding; it fails at the end if one is not as recorded.
expect() {
	if [[ $2 == "$3" ]]; then
		printf 'seen: %s: %s\n' "$1" "$2"
	else
		printf 'CHANGED: %s: %s, and was %s\n' "$1" "$2" "$3"
		WRONG=1
	fi
}

conclude() {
	[[ $WRONG == 0 ]] || { echo 'the finding no longer holds as recorded'; exit 1; }
	echo 'as recorded'
}

# The address that the machine's own apt takes Debian from.
mirror() {
	apt-get update --print-uris |
		sed -n "s,^'\\(.*\\)/dists/\\(bookworm\\|trixie\\|forky\\|sid\\|stable\\|oldstable\\)/InRelease'.*,\\1,p" | head -1
}

# apt ARCHITECTURE SUITES WORD...: apt-get on a private root that knows these suites alone, and
# has no package installed.
apt_on() {
	local arch=$1 suites=$2 root suite uri
	shift 2
	root=$STORE/$arch-${suites// /+}
	if [[ ! -e $root/ready ]]; then
		need apt-get dpkg-deb
		uri=$(mirror)
		[[ $uri ]] || die "apt-get of this machine knows no Debian mirror"
		mkdir -p "$root"/{state,lists/partial,log} "$STORE/archives/partial"
		: >"$root/status"
		for suite in $suites; do
			echo "deb [arch=$arch signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
				"$uri $suite main"
		done >"$root/sources"
		cat >"$root/apt.conf" <<-END
			#clear APT::Architectures;
			#clear APT::Update::Post-Invoke;
			#clear APT::Update::Post-Invoke-Success;
			APT::Architecture "$arch";
			APT::Architectures { "$arch"; };
			APT::Sandbox::User "root";
			Acquire::Languages "none";
			Acquire::GzipIndexes "true";
			Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
			Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
			Dir::Etc::sourcelist "$root/sources";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::State "$root/state";
			Dir::State::Lists "$root/lists";
			Dir::State::status "$root/status";
			Dir::Cache "$root/cache";
			Dir::Cache::archives "$STORE/archives";
			Dir::Log "$root/log";
		END
		mkdir -p "$root/cache"
		apt-get -c "$root/apt.conf" -qq update >&2
		touch "$root/ready"
	fi
	apt-get -c "$root/apt.conf" -qq -y -t "${suites##* }" --no-install-recommends "$@" >&2
}

# file_of ARCHITECTURE PACKAGE=VERSION: the name that apt gives the package in its folder.
file_of() {
	local version=${2#*=}
	printf '%s/archives/%s_%s_%s.deb\n' "$STORE" "${2%%=*}" "${version//:/%3a}" "$1"
}

# unpack FOLDER ARCHITECTURE SUITES PACKAGE=VERSION...: these packages alone.
unpack() {
	local folder=$1 arch=$2 suites=$3 package deb
	shift 3
	mkdir -p "$folder" "$STORE/archives"
	for package; do
		for deb in "$(file_of "$arch" "$package")" "$(file_of all "$package")"; do
			[[ ! -e $deb ]] || break
		done
		if [[ ! -e $deb ]]; then
			apt_on "$arch" "$suites" --version >/dev/null 2>&1
			(cd "$STORE/archives" && apt_on "$arch" "$suites" download "$package")
			for deb in "$(file_of "$arch" "$package")" "$(file_of all "$package")"; do
				[[ ! -e $deb ]] || break
			done
		fi
		dpkg-deb -x "$deb" "$folder"
	done
}

# qemu RELEASE TARGET: sets QEMU to a script that runs it with its own libraries. RELEASE is 7, 10 or
# 11, TARGET x86_64, aarch64 or riscv64.
qemu() {
	local release=$1 target=$2 package suite version suites root loader archives lib
	local -n pinned=QEMU_$release
	read -r suite version <<<"$pinned"
	case $target in
	x86_64) package=qemu-system-x86 ;;
	aarch64) package=qemu-system-arm ;;
	riscv64) package=qemu-system-riscv ;;
	*) die "no QEMU for $target" ;;
	esac
	suites=$suite
	[[ $suite != *-backports ]] || suites="${suite%-backports} $suite"
	root=$STORE/qemu-$release-$target
	QEMU=$root/qemu
	[[ ! -e $QEMU ]] || return 0
	archives=$STORE/$suite-$target
	if [[ ! -e $archives/complete ]]; then
		mkdir -p "$archives/partial"
		apt_on amd64 "$suites" -o "Dir::Cache::archives=$archives" --download-only install \
			"$package=$version" seabios
		touch "$archives/complete"
	fi
	mkdir -p "$root"
	for deb in "$archives"/*.deb; do
		dpkg-deb -x "$deb" "$root"
	done
	lib=$root/usr/lib/x86_64-linux-gnu
	loader=$(find "$root" -path '*/x86_64-linux-gnu/ld-linux-x86-64.so.2' -print -quit)
	cat >"$QEMU.new" <<-END
		#!/bin/sh
		export QEMU_MODULE_DIR=$lib/qemu
		exec $loader --library-path $lib:$root/lib/x86_64-linux-gnu:$lib/pulseaudio \\
			$root/usr/bin/qemu-system-$target -L $root/usr/share/qemu -L $root/usr/share/seabios "\$@"
	END
	chmod +x "$QEMU.new"
	mv "$QEMU.new" "$QEMU"
}

# kernel VERSION: sets KERNEL to the image of Debian's cloud-amd64 kernel of this upstream version.
kernel() {
	local folder=$STORE/kernel-$1 suite=trixie-backports name=linux-image version=$1-1~bpo13+1
	case $1 in
	6.12.*) suite=trixie version=$1-1 ;;
	6.19.* | 7.*) name=linux-binary ;;
	esac
	if [[ ! -e $folder ]]; then
		unpack "$folder.new" amd64 "$suite" "$name-$1+deb13-cloud-amd64=$version"
		mv "$folder.new" "$folder"
	fi
	KERNEL=$(find "$folder" -name 'vmlinuz*' -type f -print -quit)
	[[ $KERNEL ]] || die "no image in $name of $1"
}

# initrd <FILE.c: sets INITRD to an initramfs whose init is this program.
initrd() {
	need gcc python3
	gcc -O1 -static -Wall -Wno-unused-result -I"$HERE" -x c -o "$T/init" -
	INITRD=$T/initrd
	python3 - "$T/init" "$INITRD" <<-'END'
		import sys
		def entry(name, mode, data=b""):
		    head = b"070701" + b"".join(b"%08X" % n for n in (
		        0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0))
		    out = head + name.encode() + b"\0"
		    out += b"\0" * (-len(out) % 4) + data
		    return out + b"\0" * (-len(out) % 4)
		with open(sys.argv[1], "rb") as init, open(sys.argv[2], "wb") as out:
		    out.write(entry("init", 0o100755, init.read()))
		    for folder in "dev", "proc", "sys", "tmp":
		        out.write(entry(folder, 0o40755))
		    out.write(entry("TRAILER!!!", 0))
	END
}

# ext4 SIZE [MKE2FS ARGUMENT]...: sets DISK to the image of an empty file system.
ext4() {
	local root=$STORE/e2fsprogs size=$1
	shift
	if [[ ! -e $root ]]; then
		unpack "$root.new" amd64 bookworm e2fsprogs=1.47.0-2+b2 libext2fs2=1.47.0-2+b2 \
			libcom-err2=1.47.0-2+b2
		mv "$root.new" "$root"
	fi
	DISK=$T/disk
	rm -f "$DISK"
	truncate -s "$size" "$DISK"
	LD_LIBRARY_PATH=$root/lib/x86_64-linux-gnu "$root/sbin/mke2fs" -q -F -t ext4 "$@" "$DISK" 2>/dev/null
}

# boot VERSION [QEMU ARGUMENT]...: boots Debian's kernel of this version on one CPU with $INITRD, with
# the words of $CMDLINE on its command line as well. What the program there tells is then had by said.
boot() {
	local cmdline='console=ttyS0 quiet nokaslr panic=-1 reboot=t tsc=reliable lpj=4000000'
	cmdline+=" no_timer_check cryptomgr.notests random.trust_cpu=on ${CMDLINE:-}"
	kernel "$1"
	shift
	: >"$T/console"
	timeout 1200 "$QEMU" -M "${BOARD:-microvm,acpi=off}" -accel tcg -cpu qemu64 -m 1G -nodefaults -no-user-config \
		-display none -no-reboot -serial "file:$T/console" -kernel "$KERNEL" -initrd "$INITRD" \
		-append "$cmdline" \
		"$@" </dev/null >&2 || die "QEMU ended with status $?"
}

# steady VERSION [QEMU ARGUMENT]...: the same with a clock that counts instructions, which no load of the host
# bears on: an emulated timer that comes late can leave a guest without one.
steady() {
	boot "$@" -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm
}

# boot_disk VERSION [IMAGE]...: boot on a board with PCI, where these images are /dev/nvme0n1 and so on.
boot_disk() {
	local version=$1 image n=0 disks=()
	shift
	for image; do
		disks+=(-drive "file=$image,format=raw,if=none,id=d$n" -device "nvme,drive=d$n,serial=$n")
		n=$((n + 1))
	done
	BOARD=q35 boot "$version" "${disks[@]}"
}

# said NAME: what the guest told under this name.
said() {
	sed -n "s/\r//; s/^.*@ $1: //p" "$T/console"
}

# vmlinux VERSION: sets VMLINUX to the ELF file in Debian's bzImage of this version.
vmlinux() {
	need zstd python3
	kernel "$1"
	VMLINUX=$STORE/vmlinux-$1
	[[ ! -e $VMLINUX ]] || return 0
	python3 - "$KERNEL" "$T/payload" <<-'END'
		import struct, sys
		image = open(sys.argv[1], "rb").read()
		at, size = struct.unpack_from("<II", image, 0x248)
		at += (image[0x1f1] + 1) * 512
		# The last four bytes are its size, of the boot code's.
		open(sys.argv[2], "wb").write(image[at:at + size - 4])
	END
	zstd -dqf "$T/payload" -o "$VMLINUX.new"
	mv "$VMLINUX.new" "$VMLINUX"
}

# plugin RELEASE [-DNAME=VALUE]... <FILE.c: sets PLUGIN to a TCG plugin for this release of QEMU.
plugin() {
	local release=$1 api=1
	shift
	need gcc
	[[ $release != 10 ]] || api=4
	[[ $release != 11 ]] || api=7
	PLUGIN=$T/plugin-$release.so
	gcc -w -shared -fPIC -I"$HERE" -DAPI=$api "$@" -x c -o "$PLUGIN" -
}

# bare <FILE.S: sets GUEST to a program for a bare 32-bit x86 machine with that as its code; symbols of
# it are had by address. `end` in it ends QEMU, with a status that says nothing.
bare() {
	GUEST=$T/guest
	{
		cat <<-'END'
			.macro	end
				mov	$0xf4, %dx
				out	%eax, %dx
			1:	hlt
				jmp	1b
			.endm
				.section .note.pvh, "a", @note
				.long 4, 4, 18
				.asciz "Xen"
				.long _start
				.text
				.code32
				.globl _start
		END
		cat
	} >"$T/guest.S"
	gcc -m32 -nostdlib -static -Wl,-Ttext=0x100000 -Wl,--build-id=none -o "$GUEST" "$T/guest.S"
}

address() {
	nm "$GUEST" | sed -n "s/^\\([0-9a-f]*\\) . $1\$/0x\\1/p"
}

# run_bare QEMU ARGUMENT...: runs $GUEST with $PLUGIN; what the plugin says is on standard output.
run_bare() {
	timeout 100 "$QEMU" -M microvm -cpu qemu64 -nodefaults -display none -no-reboot -kernel "$GUEST" \
		-device isa-debug-exit,iobase=0xf4,iosize=4 -plugin "$PLUGIN" "$@" </dev/null || true
}
