# SPDX-License-Identifier: GPL-2.0-or-later
"""An installed slowpath works from where it was put, with nothing in its home and no trace of the
build: it is installed into one folder and moved to another."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

BUILD = tap.build_dir()
SCRATCH = tempfile.TemporaryDirectory(prefix="slowpath-install-")
STAGE = pathlib.Path(SCRATCH.name, "stage")
PREFIX = pathlib.Path(SCRATCH.name, "moved")


def slowpath(*args):
    """Runs the installed program in an empty folder that is its home too."""
    with tempfile.TemporaryDirectory() as home:
        env = {"HOME": home, "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
        done = subprocess.run([PREFIX / "bin/slowpath", *args], cwd=home, env=env,
                              capture_output=True, text=True, timeout=60)
        left = os.listdir(home)
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
    assert not left, f"left in the home: {left}"
    return done.stdout


@tap.test
def installs():
    done = subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet"],
                          env={**os.environ, "DESTDIR": str(STAGE)}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    found = list(STAGE.rglob("bin/slowpath"))
    assert len(found) == 1, found
    found[0].parent.parent.rename(PREFIX)


@tap.test
def version_is_told():
    assert slowpath("--version").startswith("slowpath "), slowpath("--version")


@tap.test
def every_command_has_its_manual_installed():
    names = [line.split()[0] for line in slowpath("--help").splitlines()
             if line.startswith("  ") and line[2:3].isalpha()]
    assert names
    missing = [n for n in names if not list(PREFIX.glob(f"share/man/man1/slowpath-{n}.1*"))]
    assert not missing, f"not installed: {missing}"


@tap.test
def completion_is_installed():
    """Where the shells look, and what the program prints."""
    for shell, place in (("bash", "bash-completion/completions/slowpath"),
                         ("zsh", "zsh/site-functions/_slowpath"),
                         ("fish", "fish/vendor_completions.d/slowpath.fish")):
        text = (PREFIX / "share" / place).read_text(encoding="utf-8")
        assert text == slowpath("completion", shell), place


@tap.test
def finds_its_scenarios():
    if "\n  scenario " not in slowpath("--help"):
        raise tap.Skip("there is no command 'scenario' yet")
    listed = json.loads(slowpath("scenario", "list", "--json"))
    assert listed["schema"] == "slowpath/scenarios/1"
    assert len(listed["scenarios"]) > 0


@tap.test
def schemas_are_installed():
    """Each, and of the document that its name says."""
    source = sorted(p.name for p in (tap.SOURCE / "report/schema").iterdir())
    place = PREFIX / "share/slowpath/schema"
    assert source and sorted(p.name for p in place.iterdir()) == source, source
    for name in source:
        kind, number = name.removesuffix(".json").rsplit("-", 1)
        told = json.loads((place / name).read_text(encoding="utf-8"))["properties"]["schema"]
        assert told == {"const": f"slowpath/{kind}/{number}"}, (name, told)


@tap.test
def names_nothing_of_the_build():
    # Debug information is allowed to know where the sources were.
    stripped = pathlib.Path(SCRATCH.name, "stripped")
    subprocess.run(["strip", "-o", stripped, PREFIX / "bin/slowpath"], check=True)
    binary = stripped.read_bytes()
    for folder in (tap.SOURCE / "scenarios", BUILD / "guest", BUILD / "plugin"):
        assert os.fsencode(folder) not in binary, f"the program holds the path {folder}"


tap.main()
