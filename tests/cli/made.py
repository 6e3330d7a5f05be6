# SPDX-License-Identifier: GPL-2.0-or-later
"""A home with one experiment that nobody made (madeup.py), for as long as a with block."""
import pathlib
import tempfile

from cli import madeup


class Made:
    """home, the experiment's id, and dir: a folder that is not there yet."""

    def __init__(self, make=madeup.exact, **more):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name, "home")
        with madeup.open_db(self.home) as db:
            self.id = make(db, **more)
            madeup.agree(db)
        self.dir = pathlib.Path(self.folder.name, "bundle")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()
