"""Context: what every page is given; it holds no truth, only where to ask for it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from safetyclient.application.presentation import Level, present
from safetyclient.application.touched import Touched
from safetyclient.ui.bridge import Bridge, Bug, Job, Problem
from safetyclient.ui.safe_text import foreign

if TYPE_CHECKING:
    from safetyclient.application.facade import SafetyClient
    from safetyclient.application.texts import Texts
    from safetyclient.domain.accounts import Account
    from safetyclient.domain.capabilities import Capabilities, Capability, Offer
    from safetyclient.domain.ids import AccountId, BatchId
    from safetyclient.ui.decode_client import PictureDecoder
    from safetyclient.ui.look import Look
    from safetyclient.ui.scheme import WindowSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Action(Generic[T]):
    """What one user action asks for, and what is said once it is kept.

    `said` is a text key (empty: nothing is said), `batch` picks the batch that the
    toast offers to undo out of the result.
    """

    work: Coroutine[Any, Any, T]
    said: str = ""
    params: dict[str, str | int] = field(default_factory=dict[str, "str | int"])
    batch: Callable[[T], BatchId | None] | None = None


class Context(QObject):
    """The facade, the words, the look and the account that is looked at.

    Danger: `client` may only be used once `opened` was emitted.
    """

    opened = Signal()
    account_changed = Signal()
    offers_changed = Signal()
    navigated = Signal(str, object)
    """Page id, and what to show there (or None)."""
    said = Signal(str, object)
    """Sentence for the toast, and the batch that can be undone (or None)."""

    def __init__(
        self,
        *,
        bridge: Bridge,
        texts: Texts,
        look: Look,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.texts = texts
        self.look = look
        self.vault = ""
        self.session = False
        self.accounts: tuple[Account, ...] = ()
        self.account_info: Account | None = None
        self.capabilities: Capabilities | None = None
        self.settings: WindowSettings | None = None
        self._pictures: PictureDecoder | None = None
        self._client: SafetyClient | None = None

    @property
    def client(self) -> SafetyClient:
        """Return the facade of the open profile."""
        if self._client is None:
            raise RuntimeError("the profile is not open")
        return self._client

    @property
    def is_open(self) -> bool:
        """Return whether a profile is open."""
        return self._client is not None

    @property
    def account(self) -> AccountId:
        """Return the account that is looked at."""
        if self.account_info is None:
            raise RuntimeError("there is no account")
        return self.account_info.id

    def open(self, client: SafetyClient, *, vault: str, session: bool) -> None:
        """Take the facade of an opened profile."""
        self._client = client
        self.vault, self.session = vault, session
        self.opened.emit()

    def say(self, key: str, /, **params: str | int) -> str:
        """Return a sentence of the catalogue."""
        return self.texts.say(key, **params)

    def look_at(self, account: Account | None) -> None:
        """Look at another account; pages read everything again."""
        before = self.account_info
        self.account_info = account
        if (before and before.id) != (account and account.id):
            self.capabilities = None
            self.account_changed.emit()

    def pictures(self) -> PictureDecoder:
        """Return who decodes pictures, in a process of its own."""
        if self._pictures is None:
            from safetyclient.ui.decode_client import PictureDecoder

            self._pictures = PictureDecoder(self)
        return self._pictures

    def close(self) -> None:
        """End what the context started."""
        if self._pictures is not None:
            self._pictures.close()

    def offer(self, capability: Capability) -> Offer | None:
        """Return the offer of the present account; None while it is not known."""
        return self.capabilities.offer(capability) if self.capabilities else None

    def go(self, page: str, target: object = None) -> None:
        """Show another page."""
        self.navigated.emit(page, target)

    def run(
        self,
        coroutine: Coroutine[Any, Any, T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
    ) -> Job:
        """Run a coroutine on the core thread; without `failed` a toast tells."""
        return self.bridge.run(
            coroutine, owner=owner, done=done, failed=failed or self.tell
        )

    def act(
        self,
        action: Action[T],
        *,
        owner: QObject,
        done: Callable[[T], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
    ) -> Job:
        """Do what a person asked for, then say that it is kept."""

        def kept(result: T) -> None:
            if action.said:
                batch = action.batch(result) if action.batch else None
                self.said.emit(self.say(action.said, **action.params), batch)
            if done is not None:
                done(result)

        return self.run(action.work, owner=owner, done=kept, failed=failed)

    def sentence(self, problem: Problem) -> str:
        """Return the sentence for a problem; what a server wrote is made harmless."""
        shown = present(problem)
        params = {
            name: foreign(value, limit=300, lines=False)
            if isinstance(value, str)
            else value
            for name, value in shown.params.items()
        }
        return self.say(shown.key, **params)

    def tell(self, problem: Problem) -> None:
        """Show a problem where no page has a better place for it."""
        if isinstance(problem, Bug) or present(problem).level is Level.PAGE:
            return
        self.said.emit(self.sentence(problem), None)

    def touch(self, touched: Touched) -> None:
        """Announce that something is to be read again."""
        self.bridge.touch(touched)
