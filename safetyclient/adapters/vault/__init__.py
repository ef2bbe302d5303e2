"""The 32-byte store key, kept in the system keyring or wrapped by a passphrase."""
