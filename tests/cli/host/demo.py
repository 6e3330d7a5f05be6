# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/headline, which ./demo, the package's test and the container end with: which kernels it
takes where the mirror no longer has the two. A stand-in for slowpath says what it was asked."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

STAND_IN = """#!/bin/sh
case "$1 $2" in
"kernel add")
	case " $HAVE " in *" ${3#debian:} "*) exit 0 ;; *) echo "no $3" >&2; exit 128 ;; esac ;;
"kernel search")
	cat "$OFFERED" ;;
*)
	echo "$@"; exit 1 ;;
esac
"""


def headline(have, offered=(), options=()):
    """The process, where the mirror gives the versions @have and its lists name @offered."""
    kernels = [{"version": f"{v}-1", "flavour": "cloud-amd64"} for v in offered]
    kernels.append({"version": "6.16.11-1", "flavour": "rt-amd64"})
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder, "slowpath")
        program.write_text(STAND_IN)
        program.chmod(0o755)
        lists = pathlib.Path(folder, "lists")
        lists.write_text(json.dumps({"kernels": kernels}))
        return subprocess.run([tap.SOURCE / "tools/headline", program, *options],
                              env={"PATH": "/usr/bin:/bin", "HAVE": " ".join(have),
                                   "OFFERED": str(lists)},
                              capture_output=True, text=True, timeout=60)


def expect(done, old, new):
    assert done.returncode == 1, done
    assert done.stdout.startswith(f"compare debian:{old} debian:{new} -s mprotect/"), done


@tap.test
def the_two_are_compared():
    done = headline(("6.16.12", "6.17.13"), options=("--json",))
    expect(done, "6.16.12", "6.17.13")
    assert done.stdout.endswith(" --json\n"), done


@tap.test
def the_nearest_on_its_side_of_the_step_stands_in():
    offered = ("6.12.107", "6.16.3", "6.16.9", "6.17.1", "6.18.2", "7.0.4")
    expect(headline(("6.16.9", "6.17.13"), offered), "6.16.9", "6.17.13")
    expect(headline(("6.16.12", "6.17.1"), offered), "6.16.12", "6.17.1")
    expect(headline(("6.12.107", "6.18.2"), ("6.12.107", "6.18.2")), "6.12.107", "6.18.2")


@tap.test
def nothing_to_compare_ends_it():
    for have, offered in (((), ()), (("6.16.12",), ("6.16.12",)), ((), ("6.16.12", "6.17.13"))):
        done = headline(have, offered)
        assert done.returncode == 128 and done.stdout == "", (have, offered, done)


tap.main()
