"""The form that mutes or blocks somebody: who, why, until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from safetyclient.application.presentation import Level, present
from safetyclient.domain.capabilities import Capability
from safetyclient.domain.lists import ListKind
from safetyclient.ui import ops
from safetyclient.ui.bridge import Problem
from safetyclient.ui.context import Context
from safetyclient.ui.safe_text import PlainLine, SafeLabel, set_tooltip
from safetyclient.ui.widgets.basics import Box, button, row
from safetyclient.ui.widgets.fields import Choice, DateChoice, Field
from safetyclient.ui.widgets.when import end_of, now

_ENDS = {"hours8": 8, "day1": 24, "week1": 168, "month1": 720}
LEAST_HEIGHT = 120


class FormScroll(QScrollArea):
    """Room for a form: as high as the form, and scrolled where a window is low."""

    def __init__(self, form: QWidget, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._form = form
        self.setWidget(form)
        self.hide()

    def hasHeightForWidth(self) -> bool:
        """Return that the height follows from the width, as that of the form does."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the form."""
        return max(
            self._form.heightForWidth(width), self._form.minimumSizeHint().height()
        )

    def sizeHint(self) -> QSize:
        """Return the size of the form."""
        return QSize(self._form.sizeHint().width(), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        """Return the least that can be scrolled in."""
        return QSize(1, LEAST_HEIGHT)


class AddPanel(Box):
    """Who, why, until when; opens in place, above the list."""

    kept = Signal()
    """Somebody was added."""
    closed = Signal()
    """The form was left without adding anybody."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(name="lists.panel")
        self._ctx = ctx
        say = ctx.say
        self._kind = ListKind.MUTES
        self._title = SafeLabel(role="heading")
        self.column.addWidget(self._title)
        self._who = PlainLine()
        self._who.setPlaceholderText(say("ui.lists.who_example"))
        self._who_field = Field(say("ui.lists.who"), self._who, name="lists.who")
        self.column.addWidget(self._who_field)
        second = row(gap="l")
        self._note = PlainLine(limit=500)
        second.addWidget(
            Field(
                say("ui.lists.note"),
                self._note,
                name="lists.note",
                help_text=say("ui.lists.note_help"),
            ),
            3,
            Qt.AlignmentFlag.AlignTop,
        )
        self._until = Choice()
        for name in ("forever", *_ENDS, "date"):
            self._until.addItem(say(f"ui.lists.end.{name}"), name)
        second.addWidget(
            Field(say("ui.lists.until"), self._until, name="lists.until"),
            1,
            Qt.AlignmentFlag.AlignTop,
        )
        self._date = DateChoice(QDate.currentDate().addDays(7))
        self._date.setMinimumDate(QDate.currentDate().addDays(1))
        self._date_field = Field(say("ui.lists.date"), self._date, name="lists.date")
        self._date_field.hide()
        second.addWidget(self._date_field, 1, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(second)
        self._loss = SafeLabel(role="small", wrap=True)
        self.column.addWidget(self._loss)
        line = row()
        self._go = button("", "lists.go", kind="primary", clicked=self._on_go)
        line.addWidget(self._go)
        line.addWidget(
            button(say("ui.common.cancel"), "lists.cancel", clicked=self.closed.emit)
        )
        line.addStretch(1)
        self.column.addLayout(line)
        self._until.currentIndexChanged.connect(
            lambda: self._date_field.setVisible(self._until.currentData() == "date")
        )
        self._who.returnPressed.connect(self._on_go)
        self._note.returnPressed.connect(self._on_go)

    def open(self, kind: ListKind) -> None:
        """Show the empty form for a list."""
        self._kind = kind
        say = self._ctx.say
        self._title.setText(say(f"ui.lists.panel.{kind.value}"))
        self._go.setText(say(f"ui.lists.do.{kind.value}"))
        self._loss.setText(say(f"ui.lists.loss.{kind.value}"))
        ends = (
            Capability.MUTE_WITH_END
            if kind is ListKind.MUTES
            else Capability.BLOCK_WITH_END
        )
        offer = self._ctx.offer(ends)
        self._until.setEnabled(offer is None or offer.usable)
        set_tooltip(self._until, say(offer.note) if offer and offer.note else "")
        self._who.clear()
        self._note.clear()
        self._until.setCurrentIndex(0)
        self._who_field.show_problem("")
        self._who.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape close the form."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def _on_go(self) -> None:
        who = [part for part in self._who.text().replace(",", " ").split() if part]
        if not who:
            self._who_field.show_problem(self._ctx.say("ui.lists.who_missing"))
            self._who.setFocus()
            return
        self._who_field.show_problem("")
        self._ctx.act(
            ops.add_to_list(
                self._ctx,
                kind=self._kind,
                who=who,
                until=self._end(),
                note=self._note.text().strip(),
            ),
            owner=self,
            done=lambda _receipt: self.kept.emit(),
            failed=self._on_failed,
        )

    def _end(self) -> datetime | None:
        choice = str(self._until.currentData())
        if choice == "date":
            return end_of(self._date.date())
        if choice in _ENDS:
            return now() + timedelta(hours=_ENDS[choice])
        return None

    def _on_failed(self, problem: Problem) -> None:
        if present(problem).level is Level.FIELD:
            self._who_field.show_problem(self._ctx.sentence(problem))
            self._who.setFocus()
        else:
            self._ctx.tell(problem)
