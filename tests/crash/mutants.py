"""Mutants: the shipped code with one line replaced at run time."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One line of one class of one module, and what stands there instead."""

    module: str
    owner: str
    method: str
    old: str
    new: str

    def apply(self) -> None:
        """Replace the line in the running process."""
        module = importlib.import_module(self.module)
        owner = getattr(module, self.owner)
        source = inspect.getsource(getattr(owner, self.method))
        lines = source.splitlines()
        places = [n for n, line in enumerate(lines) if line.strip() == self.old]
        assert len(places) == 1, f"{self.old!r} stands {len(places)} times"
        indent = lines[places[0]][: -len(lines[places[0]].lstrip())]
        lines[places[0]] = indent + self.new
        outer = len(lines[0]) - len(lines[0].lstrip())
        text = "\n".join(line[outer:] for line in lines)
        made: dict[str, object] = {}
        code = "from __future__ import annotations\n" + text
        exec(compile(code, f"<mutant of {self.method}>", "exec"), vars(module), made)
        setattr(owner, self.method, made[self.method])


FRESH_KEY = Mutant(
    module="safetyclient.application.drain",
    owner="AccountSync",
    method="_exchange",
    old="results = await self._network.deliver(changes, self._uploads)",
    new=(
        "results = [replace(r, change=c.id) for c, r in zip(changes, await"
        " self._network.deliver([replace(c, id=__import__('secrets').token_hex(16))"
        " for c in changes], self._uploads))]"
    ),
)
"""A fresh key at each attempt: what was in doubt is done twice."""

EARLY_WORD = Mutant(
    module="safetyclient.application.recorder",
    owner="Recorder",
    method="enter",
    old="self._store.outbox.record(batch, changes)",
    new=(
        "__import__('asyncio').get_running_loop().call_later(0.01,"
        " self._store.outbox.record, batch, changes)"
    ),
)
"""Acknowledged before the commit: a kill in between loses what was promised."""

BLIND_RETRY = Mutant(
    module="safetyclient.adapters.store.outbox",
    owner="OutboxRows",
    method="recover",
    old="status = ChangeStatus.RESEND if again else ChangeStatus.UNSURE",
    new="status = ChangeStatus.RESEND",
)
"""A report in doubt is sent again to a server that cannot know it again."""
