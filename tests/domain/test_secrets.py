"""What is secret is never shown, and where a key may go is known without a prompt."""

from __future__ import annotations

import pytest

from safetyclient.domain.accounts import Credential
from safetyclient.domain.vaults import KeyringState, VaultKind, VaultStatus


def test_a_credential_never_shows_its_token() -> None:
    shown = repr(Credential(origin="https://social.example", token="secret-token"))
    assert "secret-token" not in shown
    assert "https://social.example" in shown


@pytest.mark.parametrize("state", list(KeyringState))
def test_only_a_keyring_that_answers_is_used_without_asking(
    state: KeyringState,
) -> None:
    # A locked one is opened by the person with their own prompt; it is there.
    assert state.usable is (state in {KeyringState.READY, KeyringState.LOCKED})


def test_a_key_is_kept_in_no_file_of_its_own() -> None:
    assert {kind.value for kind in VaultKind} == {"keyring", "passphrase", "session"}
    assert VaultStatus(kind=None) == VaultStatus(None, backend="", leftover=False)
