"""The one object of the window and the command line, on a real session profile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from safetyclient.application.launch import Launch, Opened, OpenRequest
from safetyclient.bootstrap.profile import OpenedProfile
from safetyclient.domain.errors import BadInput, Offline
from safetyclient.domain.ids import AccountId


def test_a_request_never_shows_the_passphrase() -> None:
    shown = repr(OpenRequest(vault="passphrase", passphrase="open sesame"))
    assert "sesame" not in shown
    assert "vault='passphrase'" in shown


def test_a_session_profile_offers_every_service_and_is_erased(tmp_path: Path) -> None:
    # Whoever owns the profile has made its folder before.
    path = tmp_path / "profile"
    path.mkdir()

    async def work() -> None:
        profile = OpenedProfile(path, online=False)
        heard: list[str] = []
        launch = Launch(path, profile.open, profile.close, listen=lambda _: None)
        opened = await launch.open(OpenRequest(vault="session"))
        assert isinstance(opened, Opened)
        assert opened.session
        client = opened.client
        opened.notifier.listen(lambda _: heard.append("touched"))
        nobody = AccountId("nobody")
        assert await client.accounts.list() == ()
        assert await client.outbox.list() == ()
        assert (await client.outbox.status()).waiting == 0
        assert (await client.history.window()).rows == ()
        assert await client.reports.drafts() == ()
        assert await client.reports.cases(nobody) == ()
        assert await client.spaces.current(nobody) == ()
        assert (await client.media.posts(nobody)).rows == ()
        assert await client.lists.held(nobody) == ()
        assert not (await client.protection.preview(nobody, protected=True)).known
        with pytest.raises(BadInput):
            await client.accounts.sign_out(nobody)
        with pytest.raises(Offline):
            await client.sync.refresh()
        assert heard == []
        (path / "left.db").write_text("left by an older version")
        await client.accounts.erase()
        assert list(path.iterdir()) == []
        assert profile.client is None
        await launch.close()

    asyncio.run(work())
