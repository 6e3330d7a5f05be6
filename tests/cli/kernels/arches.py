# SPDX-License-Identifier: GPL-2.0-or-later
"""Which architecture's QEMU is asked for, before a kernel is fetched, built or booted."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import stand_in
from cli import debian_index

BINARY = tap.build_dir() / "cmd/slowpath"
FOLDER = tempfile.TemporaryDirectory()
HOME = pathlib.Path(FOLDER.name, "home")
PAIR = ("debian:6.16.12", "debian:6.17.13")
ARM64 = tuple(f"{spec}-cloud-arm64" for spec in PAIR)
NO_QEMU = {"SLOWPATH_QEMU": "/nonexistent", "SLOWPATH_QEMU_ARM64": "/nonexistent"}
PROFILE = """name: x
kernels:
  - {name: old, spec: "debian:6.16.12-cloud-arm64"}
  - {name: new, spec: "debian:6.17.13-cloud-arm64"}
baseline: old
scenarios: [{name: mprotect/shared-dirty-toggle}]
cpu: nonsense
"""


def refused(text, *words, env=None):
    """Nothing is fetched: there is no archive either."""
    done = subprocess.run(
        [BINARY, *words, "--home", HOME], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=60, env={**os.environ, "SLOWPATH_MIRROR": "file:/nonexistent", **(env or {})})
    assert done.returncode == 128 and text in done.stderr, (words, text, done)
    assert "package lists" not in done.stderr and "download" not in done.stderr, done.stderr


@tap.test
def the_right_qemu_is_missed_first():
    arm64 = "SLOWPATH_QEMU_ARM64=/nonexistent cannot be run"
    for words in (("compare", *ARM64), ("compare", *PAIR, "--arch", "arm64"), ("probe", ARM64[0]),
                  ("narrow", *ARM64), ("narrow", "debian:6.16..6.17-cloud-arm64"),
                  ("compare", "/bin/true", ARM64[1]),
                  ("fixed", "--old", ARM64[0], "--new", ARM64[1], "--candidate", ARM64[0])):
        refused(arm64, *words, env=NO_QEMU)
    for words in (("compare", *PAIR), ("probe", PAIR[0]), ("narrow", *PAIR),
                  ("compare", *ARM64, "--arch", "amd64")):
        refused("SLOWPATH_QEMU=/nonexistent cannot be run", *words, env=NO_QEMU)


@tap.test
def two_architectures_are_refused_before_anything_is_built():
    tree = stand_in.Tree(pathlib.Path(FOLDER.name, "linux"))
    tree.commit("one")
    for words in (("compare", ARM64[0], f"git:{tree.path}@HEAD"),
                  ("compare", f"git:{tree.path}@HEAD", ARM64[0]), ("narrow", PAIR[0], ARM64[1])):
        refused("of two architectures say nothing", *words)
    assert not list(HOME.glob("kernels/*")), "one was built"


@tap.test
def the_processor_is_looked_for_in_its_qemu():
    if not shutil.which("qemu-system-aarch64"):
        raise tap.Skip("there is no qemu-system-aarch64")
    said = "qemu-system-aarch64: unable to find CPU model 'nonsense'"
    refused(said, "compare", *ARM64, "--cpu", "nonsense")
    profile = pathlib.Path(FOLDER.name, "profile.yaml")
    profile.write_text(PROFILE, encoding="utf-8")
    refused(said, "run", profile)


@tap.test
def several_are_named_once_each():
    for words, text in (
            (("amd64,sparc",), "'sparc' is none of amd64, arm64"), (("amd64,",), "'' is none of"),
            (("amd64,amd64",), "--arch has amd64 twice"),
            (("all", "--", "/bin/true"), "a program is for one architecture")):
        done = subprocess.run([BINARY, "compare", *PAIR, "--home", HOME, "--arch", *words],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 129 and text in done.stderr, (words, done)
    refused("a flavour is of one architecture; with several", "compare", ARM64[0], "6.17.13",
            "--arch", "all")


@tap.test
def each_of_several_says_what_it_lacks():
    words = ("compare", "6.16.12", "6.17.13", "--arch", "amd64,arm64")
    for text in ("amd64 is not measured: SLOWPATH_QEMU=/nonexistent cannot be run",
                 "arm64 is not measured: SLOWPATH_QEMU_ARM64=/nonexistent cannot be run",
                 "no architecture can be measured"):
        refused(text, *words, env=NO_QEMU)
    # What is wrong with all is said of none by its name at the end.
    refused("slowpath: scenario 'nix': no such name", *words, "-s", "nix")
    assert not (HOME / "slowpath.db").exists() or not subprocess.run(
        [BINARY, "list", "--home", HOME], capture_output=True, text=True, timeout=60,
        check=True).stdout, "an experiment was kept"


@tap.test
def only_kernels_of_the_architecture_are_listed():
    done = subprocess.run([BINARY, "kernel", "list", "--arch", "arm64", "--home", HOME],
                          capture_output=True, text=True, timeout=60, check=True)
    assert not done.stdout and "no kernels for arm64 yet" in done.stderr, done
    done = subprocess.run([BINARY, "kernel", "show", "x", "--arch", "arm64", "--home", HOME],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 129 and "--arch goes with add, list and search" in done.stderr, done


debian_index.write(HOME, [debian_index.build("6.16.12"), debian_index.build("6.17.13")])
debian_index.write(HOME, [debian_index.build(n, flavour="cloud-arm64") for n in ("6.16.12",
                                                                                 "6.17.13")],
                   "apt-arm64")
tap.main()
