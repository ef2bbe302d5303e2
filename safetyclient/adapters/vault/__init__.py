"""The 32-byte store key in the system keyring, behind a passphrase, or in memory."""
