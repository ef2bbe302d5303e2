"""The registry of pages: what there is, in which order, and how it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safetyclient.ui.widgets.page import Page

MAX_ADDRESS = 4096
SCHEME = "safetyclient://"


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One place in the window; its module is imported when it is first shown."""

    id: str
    icon: str
    load: Callable[[], type[Page]]

    @property
    def label_key(self) -> str:
        """Return the text key of the entry in the page list."""
        return f"ui.nav.{self.id}"


def _home() -> type[Page]:
    from safetyclient.ui.pages.home import HomePage

    return HomePage


def _protection() -> type[Page]:
    from safetyclient.ui.pages.protection import ProtectionPage

    return ProtectionPage


def _lists() -> type[Page]:
    from safetyclient.ui.pages.lists import ListsPage

    return ListsPage


def _media() -> type[Page]:
    from safetyclient.ui.pages.media import MediaPage

    return MediaPage


def _report() -> type[Page]:
    from safetyclient.ui.pages.report_start import ReportStartPage

    return ReportStartPage


def _cases() -> type[Page]:
    from safetyclient.ui.pages.cases import CasesPage

    return CasesPage


def _history() -> type[Page]:
    from safetyclient.ui.pages.history import HistoryPage

    return HistoryPage


def _accounts() -> type[Page]:
    from safetyclient.ui.pages.accounts import AccountsPage

    return AccountsPage


PAGES: tuple[PageSpec, ...] = (
    PageSpec("home", "house", _home),
    PageSpec("protection", "eye", _protection),
    PageSpec("lists", "ban", _lists),
    PageSpec("media", "image", _media),
    PageSpec("report", "flag", _report),
    PageSpec("cases", "inbox", _cases),
    PageSpec("history", "history", _history),
    PageSpec("accounts", "users-round", _accounts),
)
PAGE_IDS = frozenset(spec.id for spec in PAGES)


def page_of_address(address: str) -> str:
    """Return the page that a `safetyclient://` address asks for, or nothing.

    An address can only name a page: never a server, an account, or something to do.
    """
    if len(address.encode("utf-8", "replace")) > MAX_ADDRESS:
        return ""
    if not address.startswith(SCHEME):
        return ""
    page = address.removeprefix(SCHEME).removesuffix("/")
    return page if page in PAGE_IDS else ""
