"""The one opener of links: https only, host in its ASCII form, asked first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from safetyclient.ui.safe_text import SafeMessage

MAX_ADDRESS = 2000
BLOCKED_SCHEMES = (
    "file",
    "smb",
    "ftp",
    "sftp",
    "http",
    "javascript",
    "data",
    "mailto",
    "tel",
    "vscode",
    "ms-msdt",
    "qrc",
    "about",
    "dav",
    "nfs",
    "ssh",
    "telnet",
    "blob",
    "view-source",
)
Say = Callable[..., str]
_handlers: list[QObject] = []


class _Nothing(QObject):
    """Swallows addresses of schemes that are never opened from here."""

    @Slot(QUrl)
    def swallow(self, url: QUrl) -> None:
        """Do nothing with the address."""


def install_backstop() -> None:
    """Let no scheme but https pass, even if some widget asks Qt to open it."""
    nothing = _Nothing()
    _handlers.append(nothing)
    # The stubs ask for bytes; at run time only str is taken.
    method: Any = "swallow"
    for scheme in BLOCKED_SCHEMES:
        QDesktopServices.setUrlHandler(scheme, nothing, method)


def remove_backstop() -> None:
    """Undo `install_backstop`; handlers must not outlive the application."""
    for scheme in BLOCKED_SCHEMES:
        QDesktopServices.unsetUrlHandler(scheme)
    _handlers.clear()


def safe_address(address: str) -> QUrl | None:
    """Return an address that may be opened, or None.

    Only https with a host, no user name or password in it, no control characters
    or spaces, and not longer than anything that is meant seriously.
    """
    if not address or len(address) > MAX_ADDRESS:
        return None
    if any(ord(char) < 0x21 or ord(char) == 0x7F for char in address):
        return None
    if "\\" in address or not address.lower().startswith("https://"):
        return None
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    if not url.isValid() or url.scheme() != "https" or not url.host():
        return None
    if url.userInfo() or "@" in url.authority():
        return None
    return url


def shown_host(url: QUrl) -> str:
    """Return the host as the name service sees it: `xn--…`, never look-alikes."""
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
    port = f":{url.port()}" if url.port() not in {-1, 443} else ""
    return f"{host}{port}"


def open_external(
    address: str,
    *,
    parent: QWidget,
    say: Say,
    opener: Callable[[QUrl], object] = QDesktopServices.openUrl,
) -> SafeMessage | None:
    """Ask, then open an https address in the browser.

    Returns:
        The question, or None when the address is not one that may be opened.
    """
    url = safe_address(address)
    if url is None:
        return None
    question = SafeMessage(
        parent,
        title=say("ui.link.title"),
        text=say("ui.link.text", host=shown_host(url)),
        accept=say("ui.link.open"),
        reject=say("ui.common.cancel"),
        name="link",
    )
    question.accepted.connect(lambda: opener(url))
    question.open()
    return question
