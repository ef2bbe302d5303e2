"""Change rows: new changes as rows of the table `change`."""

from __future__ import annotations

from collections.abc import Sequence

from safetyclient.adapters.store.codec import end_text, pack, when_text
from safetyclient.adapters.store.database import Value
from safetyclient.adapters.store.wish_columns import wish_columns
from safetyclient.domain.changes import Change


def new_rows(changes: Sequence[Change]) -> list[tuple[Value, ...]]:
    """Return the rows of changes; of one subject and kind only the last is shown."""
    last: dict[tuple[str, str], str] = {}
    if len({change.subject for change in changes}) < len(changes):
        last = {(change.subject, change.kind.name): change.id for change in changes}
    times = {when: when_text(when) for when in {change.created for change in changes}}
    return [
        (
            change.id,
            change.batch,
            change.account,
            change.kind.value,
            change.subject,
            pack(change.wish),
            None if change.before is None else pack(change.before),
            times[change.created],
            change.status.value,
            change.attempts,
            " ".join(change.after_ids),
            change.after_limit,
            change.problem,
            end_text(change.not_before),
            change.result,
            int(not last or last[change.subject, change.kind.name] == change.id),
            *wish_columns(change),
        )
        for change in changes
    ]
