# SPDX-License-Identifier: GPL-2.0-or-later
"""A QEMU that is missing, too old, or fails is the host's trouble (128), never the kernel's."""
import os
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

QEMU = shutil.which("qemu-system-x86_64")
VERSION = 'case "$*" in *--version*) echo "QEMU emulator version {}"; exit 0;; esac\n'


def script(name, text):
    """An executable for SLOWPATH_QEMU."""
    path = HOME.path / name
    path.write_text("#!/bin/bash\n" + text, encoding="ascii")
    path.chmod(0o755)
    return {"SLOWPATH_QEMU": path}


def refused(env, *texts):
    """128, nothing measured, and not slowly."""
    began = time.monotonic()
    done = lab.compare(HOME, env=env).expect(128, *texts)
    assert not done.out and time.monotonic() - began < 15
    return done


@tap.test
def a_qemu_that_is_not_there():
    refused({"SLOWPATH_QEMU": "/nonexistent"}, "SLOWPATH_QEMU=/nonexistent cannot be run")


@tap.test
def no_qemu_in_the_path():
    empty = HOME.path / "empty"
    empty.mkdir()
    refused({"SLOWPATH_QEMU": None, "PATH": empty}, "qemu-system-x86_64 is not in PATH",
            "install qemu-system-x86")


@tap.test
def a_qemu_that_is_a_folder():
    refused({"SLOWPATH_QEMU": HOME.path}, "cannot run")


@tap.test
def a_qemu_that_is_something_else():
    refused({"SLOWPATH_QEMU": "/bin/true"}, "does not answer like QEMU")
    refused({"SLOWPATH_QEMU": "/bin/false"}, "--version ended with status 1")


@tap.test
def a_qemu_that_is_too_old():
    for version in ("5.2.0 (Debian 1:5.2+dfsg-11+deb11u3)", "6.2.0", "7.1.0"):
        env = script("old", VERSION.format(version) + f'exec {QEMU} "$@"\n')
        refused(env, f"QEMU {version} is too old: 7.2 to 11.1 is needed")
    assert not (HOME.path / "snapshots").exists(), "it was started"


@tap.test
def a_qemu_that_is_too_new():
    # Before anything is booted, and in one line; doctor gives the advice that helps.
    env = script("new", VERSION.format("12.0.0") +
                 "echo 'qemu: -plugin x: Could not load plugin x: plugin requires API version 7, "
                 "but this QEMU supports only a minimum version of 8' >&2\nexit 1\n")
    done = refused(env, "QEMU 12.0.0 takes none of slowpath's plugins", "7.2, 10.0 and 11.1")
    assert len(done.err.strip().splitlines()) == 1, done.err
    assert not (HOME.path / "snapshots").exists(), "it was started"
    told = " ".join(lab.run(HOME, "doctor", env=env).out.split())
    assert "set SLOWPATH_QEMU to one of 7.2 to 11.1" in told, told
    assert "install slowpath again" not in told.split("plugin ")[1].split("scenarios")[0], told


@tap.test
def a_qemu_that_fails_at_once():
    env = script("fails", VERSION.format("7.2.0") + "echo 'qemu: out of luck' >&2\nexit 1\n")
    refused(env, "QEMU ended while starting (exit status 1)", "out of luck")
    assert {status for _, status, _ in HOME.last_runs()} == {"failed"}
    assert any("out of luck" in why for _, _, why in HOME.last_runs())


@tap.test
def a_qemu_that_does_nothing():
    refused(script("nothing", VERSION.format("7.2.0") + "exit 0\n"), "QEMU ended while starting")


@tap.test
def a_qemu_that_never_answers():
    env = script("mute", VERSION.format("7.2.0") + "exec sleep 100\n")
    done = lab.compare(HOME, env=env, deadline=2).expect(128, "QEMU has not answered for 2 s")
    assert not done.out


@tap.test
def a_qemu_that_talks_nonsense():
    # The monitor's socket is what "-chardev socket,id=qmp,fd=N" names.
    env = script("nonsense", VERSION.format("7.2.0") + """
for word; do
	case $word in socket,id=qmp,fd=*) exec 3>&"${word##*=}" ;; esac
done
echo 'Hello, I am not JSON' >&3
sleep 100
""")
    refused(env, "QEMU's monitor sent what is not JSON")


@tap.test
def a_qemu_that_fails_does_not_cost_a_snapshot():
    lab.compare(HOME).expect(1)
    before = sorted(HOME.path.glob("snapshots/*/state"))
    stamps = [p.stat().st_ino for p in before]
    assert len(before) == 2
    size = os.stat(QEMU)
    # The same version line, but another program: snapshots of its own.
    env = script("fails", VERSION.format("7.2.0") + "echo 'qemu: no luck again' >&2\nexit 1\n")
    refused(env, "no luck again")
    assert [p.stat().st_ino for p in before] == stamps and os.stat(QEMU) == size
    lab.compare(HOME).expect(1)


@tap.test
def a_qemu_that_refuses_its_own_snapshots_is_told_of():
    # What is saved has a device that the machine which reads it lacks.
    env = script("refuses", f"""case "$*" in
*-incoming*) exec {QEMU} "$@" ;;
*) exec {QEMU} "$@" -device virtio-rng-device ;;
esac
""")
    document = lab.compare(HOME, env=env).expect(1).json()
    told = "snapshot refused by QEMU, and a new one refused by QEMU too: booted without"
    assert document["notes"] == {"old": told, "new": told}, document["notes"]
    shown = lab.run(HOME, "show", document["id"]).out
    assert " ".join(shown.split()).count(told) == 2, shown


@tap.test
def a_wrapper_of_a_good_qemu_works():
    env = script("good", f'exec {QEMU} "$@"\n')
    document = lab.compare(HOME, env=env).expect(1).json()
    lab.expect_same(lab.compare(HOME).json(), document)


with lab.Home(own=True, small=True) as HOME:
    tap.main()
