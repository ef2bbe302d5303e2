"""Times as people read them: in their own zone, as short as it stays clear."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime, QTimeZone

_SHORT = QLocale.FormatType.ShortFormat


def qt_time(when: datetime) -> QDateTime:
    """Return an aware time in the zone of this computer."""
    stamp = QDateTime.fromSecsSinceEpoch(int(when.timestamp()), QTimeZone.utc())
    return stamp.toLocalTime()


def moment(when: datetime | str) -> str:
    """Return the time for today, else date and time."""
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            return ""
    local = qt_time(when)
    locale = QLocale()
    clock = locale.toString(local.time(), _SHORT)
    if local.date() == QDate.currentDate():
        return clock
    return f"{day(when)} {clock}"


def day(when: datetime) -> str:
    """Return the date, with the month in letters so that no country misreads it."""
    return QLocale().toString(qt_time(when).date(), "d MMM yyyy")


def end_of(chosen: QDate) -> datetime:
    """Return the last second of a day here, as an aware time."""
    local = QDateTime(chosen, QTime(23, 59, 59))
    return datetime.fromtimestamp(local.toSecsSinceEpoch(), UTC)


def now() -> datetime:
    """Return the present time, aware."""
    return datetime.fromtimestamp(QDateTime.currentSecsSinceEpoch(), UTC)
