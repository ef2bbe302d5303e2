"""Q3: only https leaves the window, asked first, with the true host shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from safetyclient.application.texts import Texts
from safetyclient.ui.links import (
    BLOCKED_SCHEMES,
    install_backstop,
    open_external,
    remove_backstop,
    safe_address,
    shown_host,
)

REFUSED = [
    "",
    "http://example.org/",
    "HTTP://example.org/",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "smb://host/share",
    "//host/share",
    "\\\\host\\share",
    "https:\\\\host\\share",
    "ftp://example.org/",
    "sftp://example.org/",
    "javascript:alert(1)",
    "data:text/html,<b>x</b>",
    "vscode://file/etc/passwd",
    "ms-msdt:/id",
    "mailto:a@example.org?attach=/etc/passwd",
    "tel:112",
    "qrc:/x",
    "about:blank",
    "view-source:https://example.org",
    "blob:https://example.org/x",
    "dav://example.org",
    "ssh://example.org",
    "--help",
    "-o/tmp/x https://example.org",
    "https://",
    "https:///path",
    "https:example.org",
    "https://user@example.org/",
    "https://user:pass@example.org/",
    "https://example.org@evil.example/",
    "https://exa mple.org/",
    " https://example.org/",
    "https://example.org/\nX-Header: 1",
    "https://example.org/\r\n",
    "https://example.org/\tx",
    "https://example.org/\x00",
    "https://example.org/\x7f",
    "https://example.org:99999/",
    "https://[::1",
    "https://" + "a" * 3000,
    "safetyclient://home",
]
TAKEN = {
    "https://example.org": "example.org",
    "https://example.org/a?b=c#d": "example.org",
    "https://example.org:8443/": "example.org:8443",
    "HTTPS://Example.org/": "example.org",
    "https://p\u0430ypal.example/": "xn--pypal-4ve.example",
    "https://m\u00fcnchen.example/": "xn--mnchen-3ya.example",
}


@pytest.mark.parametrize("address", REFUSED)
def test_q3_nothing_else_is_an_address(address: str) -> None:
    assert safe_address(address) is None


@pytest.mark.parametrize(("address", "host"), TAKEN.items())
def test_q3_the_host_is_shown_as_the_network_sees_it(address: str, host: str) -> None:
    url = safe_address(address)
    assert url is not None
    assert shown_host(url) == host


@pytest.mark.parametrize("address", [*REFUSED, *TAKEN])
def test_q3_the_opener_gets_https_only_after_a_yes(qtbot: QtBot, address: str) -> None:
    opened: list[QUrl] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    texts = Texts.load(strict=True)
    question = open_external(
        address, parent=parent, say=texts.say, opener=opened.append
    )
    assert not opened
    if address in TAKEN:
        assert question is not None
        question.accept_button.click()
        assert [url.scheme() for url in opened] == ["https"]
    else:
        assert question is None


def test_q3_a_no_opens_nothing(qtbot: QtBot) -> None:
    opened: list[QUrl] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    question = open_external(
        "https://example.org",
        parent=parent,
        say=Texts.load(strict=True).say,
        opener=opened.append,
    )
    assert question is not None
    question.reject_button.click()
    assert not opened


@pytest.fixture
def _backstop() -> Iterator[None]:
    install_backstop()
    yield
    remove_backstop()


@pytest.mark.usefixtures("_backstop")
def test_q3_the_backstop_swallows_what_a_widget_asks_for(qtbot: QtBot) -> None:
    for scheme in BLOCKED_SCHEMES:
        # True means that a handler of ours took it; offscreen, nothing else could.
        assert QDesktopServices.openUrl(QUrl(f"{scheme}://x/y"))
