"""Panels: the check page with everything that is sent, and what happens next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton, QWidget

from safetyclient.application.report_views import AlsoAct, CheckPage, ReportReceipt
from safetyclient.application.texts import Texts
from safetyclient.domain.flow_nodes import OutcomeKind
from safetyclient.ui.links import open_external, safe_address
from safetyclient.ui.safe_text import SafeLabel, foreign, handle_text, mnemonic
from safetyclient.ui.widgets.basics import Box, button, clear, column, hug, row


class SentencePanel(Box):
    """The plain sentence of a report."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(gap="s", name="report.sentence")
        self.column.addWidget(
            SafeLabel(texts.say("report.wizard.sentence"), role="heading")
        )
        self._text = SafeLabel(wrap=True, select=True, name="report.sentence.text")
        self.column.addWidget(self._text)

    def show_check(self, check: CheckPage) -> None:
        """Show the sentence as it stands now."""
        self._text.setText(foreign(check.sentence))


class SentPanel(Box):
    """Each field that is sent, to whom, and what this computer keeps."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(gap="s", name="report.sent")
        self._texts = texts
        self._title = SafeLabel(role="heading", wrap=True, name="report.sent.title")
        self.column.addWidget(self._title)
        self._rows = column(gap="s")
        self.column.addLayout(self._rows)

    def show_check(self, check: CheckPage) -> None:
        """Show what is sent as it stands now."""
        say = self._texts.say
        clear(self._rows)
        self._title.setText(say("report.wizard.fields", server=check.receiver))
        for field in check.fields:
            label = say(field.label_key) if field.label_key else field.name
            self._pair(f"{label} ({field.name})" if field.label_key else label, field)
        if check.outcome is OutcomeKind.NOTHING:
            self._title.setText(say("report.wizard.nothing_sent"))
        for key in check.kept:
            self._rows.addWidget(SafeLabel(say(key), role="small", wrap=True))

    def _pair(self, label: str, field: object) -> None:
        value = foreign(str(getattr(field, "value", "")))
        name = str(getattr(field, "name", ""))
        line = row(gap="m")
        title = SafeLabel(label, role="small", wrap=True)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(title, 1, top)
        line.addWidget(
            SafeLabel(value, wrap=True, select=True, name=f"report.sent.{name}"), 3, top
        )
        self._rows.addLayout(line)


class AlsoPanel(Box):
    """What else may help, and in which order it happens."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(gap="s", name="report.also")
        self._texts = texts
        self.column.addWidget(
            SafeLabel(texts.say("report.wizard.also"), role="heading")
        )
        self._rows = column(gap="xs")
        self.column.addLayout(self._rows)
        self._boxes: dict[AlsoAct, QCheckBox] = {}
        self._order = QWidget()
        lines = column(self._order, gap="xs")
        title = texts.say("report.wizard.order")
        lines.addWidget(SafeLabel(title, role="small"))
        group = QButtonGroup(self)
        self._after = QRadioButton(texts.say("report.wizard.after_report"))
        self._now = QRadioButton(texts.say("report.wizard.now"))
        self._after.setChecked(True)
        for made, name in ((self._after, "after"), (self._now, "now")):
            made.setObjectName(f"report.order.{name}")
            made.setAccessibleName(f"{title}: {made.text()}")
            hug(made)
            group.addButton(made)
            lines.addWidget(made)
        self.column.addWidget(self._order)

    def show_check(self, check: CheckPage) -> None:
        """Show what is offered now; what was ticked stays ticked."""
        ticked = set(self.also())
        self._boxes.clear()
        clear(self._rows)
        who = _who(check.person)
        for act in check.offers:
            text = self._texts.say(f"report.also.{act.value}", who=who)
            box = QCheckBox(mnemonic(text))
            box.setObjectName(f"report.also.{act.value}")
            box.setAccessibleName(text)
            hug(box)
            box.setChecked(act in ticked)
            self._boxes[act] = box
            self._rows.addWidget(box)
            helped = self._texts.say(f"report.also_help.{act.value}")
            self._rows.addWidget(SafeLabel(helped, role="small", wrap=True))
        self._order.setVisible(check.outcome is OutcomeKind.SEND)
        self.setVisible(bool(check.offers))

    def also(self) -> tuple[AlsoAct, ...]:
        """Return what is ticked."""
        return tuple(act for act, box in self._boxes.items() if box.isChecked())

    @property
    def after_report(self) -> bool:
        """Return whether extras wait for the report."""
        return self._after.isChecked()


class HandoffPanel(Box):
    """Text to copy and a page to open, where nothing can be sent from here."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(gap="s", name="report.handoff")
        self._texts = texts
        self._url = ""
        self.column.addWidget(SafeLabel(texts.say("report.wizard.handoff"), wrap=True))
        self._text = SafeLabel(wrap=True, select=True, name="report.handoff.text")
        self.column.addWidget(self._text)
        line = row()
        self._copy = button(
            texts.say("report.wizard.copy"),
            "report.handoff.copy",
            clicked=self._on_copy_clicked,
        )
        self._open = button(
            texts.say("report.wizard.open"),
            "report.handoff.open",
            clicked=self._on_open_clicked,
        )
        line.addWidget(self._copy)
        line.addWidget(self._open)
        line.addStretch(1)
        self.column.addLayout(line)

    def show_text(self, text: str, url: str) -> None:
        """Show the prepared text; without one the panel is not there."""
        self._url = url
        self._text.setText(foreign(text))
        self._copy.setText(self._texts.say("report.wizard.copy"))
        self._open.setEnabled(safe_address(url) is not None)
        self.setVisible(bool(text))

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._text.text())
        self._copy.setText(self._texts.say("report.wizard.copied"))

    def _on_open_clicked(self) -> None:
        open_external(self._url, parent=self, say=self._texts.say)


class NextPanel(QWidget):
    """What happens next, after a report was put on its way."""

    closed = Signal()

    def __init__(self, receipt: ReportReceipt, texts: Texts) -> None:
        super().__init__()
        self.setObjectName("report.next")
        say = texts.say
        lines = column(self, gap="m")
        title = SafeLabel(say("report.wizard.next_title"), role="title")
        lines.addWidget(title)
        self.setAccessibleName(title.text())
        for number, key in enumerate(receipt.next_keys):
            text = SafeLabel(say(key), wrap=True, name=f"report.next.{number}")
            lines.addWidget(text)
        if receipt.handoff_text:
            handoff = HandoffPanel(texts)
            handoff.show_text(receipt.handoff_text, receipt.url)
            lines.addWidget(handoff)
        line = row()
        self.close_button = button(
            say("report.wizard.close"),
            "report.close",
            kind="primary",
            clicked=self.closed.emit,
        )
        line.addWidget(self.close_button)
        line.addStretch(1)
        lines.addLayout(line)
        lines.addStretch(1)


def _who(person: str) -> str:
    if person.isascii() and person.isdecimal():
        return foreign(person, limit=80, lines=False)
    return handle_text(person)
