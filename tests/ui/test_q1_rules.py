"""Q1: rules that the source itself keeps, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "safetyclient"
HOME = {"safe_text.py"}
BANNED = {
    "QLabel",
    "QMessageBox",
    "QTextEdit",
    "QTextBrowser",
    "QErrorMessage",
    "QProgressDialog",
    "QInputDialog",
    "QWizardPage",
    "QSplashScreen",
    "QWhatsThis",
}
BANNED_CALLS = {"setToolTip", "setWhatsThis", "setStatusTip", "setHtml", "setMarkdown"}
OPENERS = {"openUrl"}


def offences(source: str, *, in_safe_text: bool = False) -> Iterator[str]:
    """Yield what a source does that only safe_text may do, and loops of dialogs."""
    allowed = BANNED if in_safe_text else set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and not in_safe_text:
            for name in node.names:
                if name.name in BANNED:
                    yield f"{node.lineno}: import of {name.name}"
        if isinstance(node, ast.Attribute) and node.attr in BANNED - allowed:
            yield f"{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in BANNED_CALLS and not in_safe_text:
                yield f"{node.lineno}: {node.func.attr}("
            if node.func.attr in {"exec", "exec_"} and not _is_app(node.func.value):
                yield f"{node.lineno}: a nested event loop"


def _is_app(node: ast.expr) -> bool:
    return ast.unparse(node).split(".")[-1] == "app"


def sources() -> list[Path]:
    """Return every module of the window."""
    return sorted((ROOT / "ui").rglob("*.py"))


def test_q1_only_safe_text_makes_widgets_that_read_rich_text() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{offence}"
        for path in sources()
        for offence in offences(path.read_text("utf-8"), in_safe_text=path.name in HOME)
    ]
    assert len(sources()) > 30
    assert not found


def test_q3_only_links_opens_addresses() -> None:
    users = {
        path.name
        for path in sources()
        if any(word in path.read_text("utf-8") for word in OPENERS)
    }
    assert users == {"links.py"}


@pytest.mark.parametrize(
    "source",
    [
        "from PySide6.QtWidgets import QLabel",
        "import PySide6.QtWidgets as W\nW.QMessageBox.warning(None, 'a', name)",
        "button.setToolTip(name)",
        "dialog.exec()",
        "menu.exec_(place)",
        "QFileDialog(self).exec()",
    ],
)
def test_q1_the_rule_sees_each_offence(source: str) -> None:
    assert list(offences(source))


def test_no_network_is_named_in_the_window() -> None:
    words = ("mastodon", "bluesky", "atproto", "twitter", "networkkind.")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sources()
        for word in words
        if word in path.read_text("utf-8").casefold()
    ]
    assert not found
