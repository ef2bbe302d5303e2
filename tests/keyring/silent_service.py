"""A process that owns the name of the Secret Service and never answers."""

from __future__ import annotations

import importlib
import sys
from typing import Any

# Without stubs: the library has none.
jeepney: Any = importlib.import_module("jeepney")
blocking: Any = importlib.import_module("jeepney.io.blocking")
BUS = ("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
OWNER = 1


def main() -> None:
    connection = blocking.open_dbus_connection("SESSION")
    name = ("org.freedesktop.secrets", 0)
    bus = jeepney.DBusAddress(*BUS)
    ask = jeepney.new_method_call(bus, "RequestName", "su", name)
    (answer,) = connection.send_and_get_reply(ask).body
    sys.stdout.write("owner\n" if answer == OWNER else "refused\n")
    sys.stdout.flush()
    while True:
        connection.receive()


if __name__ == "__main__":
    main()
