"""The vault with stand-ins for keyring programs."""
