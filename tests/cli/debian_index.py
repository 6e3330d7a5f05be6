# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's package lists as slowpath keeps them (kernel/deb/index.c), of kernels that we make up."""
import json
import pathlib


def build(number, flavour="cloud-amd64", release="deb13", compiler="gcc-14", size=14_000_000):
    """One build of a version, "6.17.13"."""
    abi = f"{number}+{release}"
    return {"abi": abi, "flavour": flavour, "package": f"linux-image-{abi}-{flavour}",
            "version": f"{number}-1", "suite": "trixie-backports", "compiler": compiler,
            "config_package": None, "size": size, "inferred": False}


def write(home, builds, lists="apt"):
    """The lists of a home; @builds ascend. Those of arm64 are "apt-arm64"."""
    folder = pathlib.Path(home, lists)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"schema": "slowpath/debian-index/1", "builds": builds})
    (folder / "index.json").write_text(text, encoding="utf-8")
