"""Pictures of all pages of the demo: shots.py DIR [--themes light,dark] [--scale N]."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from unittest.mock import patch


def main() -> int:
    """Start the demo, take the pictures, say how many there are."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("directory", type=Path)
    words.add_argument("--themes", default="light,dark")
    words.add_argument("--scale", default="1")
    asked = words.parse_args()
    # Qt reads it once, when it starts.
    os.environ["QT_SCALE_FACTOR"] = asked.scale
    from safetyclient.__main__ import main as start
    from safetyclient.application.launch import Launch
    from safetyclient.bootstrap import demo
    from safetyclient.cli.demo import DemoServer

    servers: list[DemoServer] = []

    class Kept(DemoServer):
        def __init__(self) -> None:
            super().__init__()
            servers.append(self)

    def cut() -> None:
        for server in servers:
            server.close()

    def take(launch: Launch) -> int:
        from safetyclient.ui.pictures import render_pages

        made = render_pages(
            launch, asked.directory, themes=tuple(asked.themes.split(",")), cut=cut
        )
        print(f"{len(made)} pictures in {asked.directory}")
        return 0

    with (
        patch.object(demo, "start_ui", take),
        patch.object(demo, "DemoServer", Kept),
    ):
        return start(["demo"])


if __name__ == "__main__":
    sys.exit(main())
