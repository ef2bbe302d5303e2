"""The one style sheet: written once, filled with the colours of a theme."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

_SHEET = Template(
    """
QLabel[role="title"] { font-size: ${t_title}pt; font-weight: 600; }
QLabel[role="heading"] { font-size: ${t_heading}pt; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="small"] { color: $muted; font-size: ${t_small}pt; }
QLabel[role="problem"] { color: $refused; }
QLabel[role="number"] { font-size: ${t_title}pt; font-weight: 600; }
QLabel[role="chip"] { border-radius: 9px; padding: 2px 9px;
  font-size: ${t_small}pt; background: $sunken; color: $muted; }
QLabel[role="chip"][tone="ok"] { background: $ok_soft; color: $ok; }
QLabel[role="chip"][tone="wait"] { background: $wait_soft; color: $wait; }
QLabel[role="chip"][tone="refused"] { background: $refused_soft; color: $refused; }
QLabel[role="chip"][tone="unsure"] { background: $unsure_soft; color: $unsure; }
QFrame[role="card"] { background: $surface; border: 1px solid $line;
  border-radius: ${radius_l}px; }
QFrame[role="inset"] { background: $canvas; border: 1px solid $line;
  border-radius: ${radius}px; }
QFrame[role="sidebar"] { background: $surface; border: none;
  border-right: 1px solid $line; }
QFrame[role="strip"] { background: $surface; border: none;
  border-top: 1px solid $line; }
QFrame[role="banner"] { background: $wait_soft; border: none;
  border-radius: ${radius}px; }
QFrame[role="banner"] QLabel { color: $wait; }
QFrame[role="banner"][tone="refused"] { background: $refused_soft; }
QFrame[role="banner"][tone="refused"] QLabel { color: $refused; }
QFrame[role="banner"][tone="note"] { background: $accent_soft; }
QFrame[role="banner"][tone="note"] QLabel { color: $text; }
QFrame[role="toast"] { background: $text; border-radius: ${radius}px; }
QFrame[role="toast"] QLabel { color: $canvas; }
QFrame[role="toast"] QPushButton { background: transparent; border: none;
  color: $canvas; font-weight: 600; text-decoration: underline; min-height: 24px; }
QFrame[role="toast"] QPushButton:focus { border: 2px solid $canvas; }
QFrame[role="rule"] { background: $line; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget[role="page"] { background: transparent;
  border: none; }
QPushButton { outline: none; background: $surface; color: $text;
  border: 1px solid $control_line; border-radius: ${radius}px; padding: 5px 14px;
  min-height: 22px; }
QPushButton:hover { background: $sunken; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border: 2px solid $focus; padding: 4px 13px; }
QPushButton:disabled { color: $control_line; border-color: $line;
  background: transparent; }
QPushButton[kind="primary"] { background: $accent; color: $accent_text;
  border-color: $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $sunken; color: $control_line;
  border-color: $line; }
QPushButton[kind="danger"] { background: $danger; color: $danger_text;
  border-color: $danger; font-weight: 600; }
QPushButton[kind="danger"]:hover { background: $danger_hover; }
QPushButton[kind="danger"]:focus { border: 2px solid $text; }
QPushButton[kind="danger"]:disabled { background: $sunken; color: $control_line;
  border-color: $line; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent;
  color: $accent; }
QPushButton[kind="quiet"]:hover { background: $accent_soft; }
QPushButton[kind="quiet"]:focus { border: 2px solid $focus; }
QPushButton[kind="quiet"]:disabled { color: $control_line; }
QPushButton[kind="page"] { background: transparent; border-color: transparent;
  text-align: left; padding: 7px 10px; }
QPushButton[kind="page"]:hover { background: $sunken; }
QPushButton[kind="page"]:checked { background: $accent_soft; color: $accent;
  font-weight: 600; }
QPushButton[kind="page"]:focus { border: 2px solid $focus; padding: 6px 9px; }
QPushButton[kind="page"]:disabled { color: $control_line; }
QPushButton[kind="tab"] { background: transparent; border: none; border-radius: 0;
  border-bottom: 2px solid transparent; padding: 6px 2px;
  color: $muted; text-align: left; }
QPushButton[kind="tab"]:hover { color: $text; border-bottom-color: $line; }
QPushButton[kind="tab"]:checked { color: $text; font-weight: 600;
  border-bottom-color: $accent; }
QPushButton[kind="tab"]:focus { border: 2px solid $focus;
  border-radius: ${radius_s}px; padding: 4px 0px; }
QPushButton[kind="row"] { text-align: left; background: transparent;
  border: 1px solid transparent; padding: 8px 10px; font-weight: 600; }
QPushButton[lines="2"] { min-height: 38px; }
QPushButton[kind="row"]:hover { background: $sunken; }
QPushButton[kind="row"]:checked { background: $accent_soft; color: $accent; }
QPushButton[kind="row"]:focus { border: 2px solid $focus; padding: 7px 9px; }
QLineEdit, QPlainTextEdit, QComboBox, QDateTimeEdit, QDateEdit, QSpinBox {
  background: $surface; color: $text; border: 1px solid $control_line;
  border-radius: ${radius}px; padding: 5px 9px; min-height: 22px;
  selection-background-color: $accent; selection-color: $accent_text; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QDateTimeEdit:focus,
QDateEdit:focus, QSpinBox:focus { border: 2px solid $focus; padding: 4px 8px; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] { border-color: $refused; }
QLineEdit:disabled, QPlainTextEdit:disabled { background: $sunken;
  border-color: $line; color: $muted; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 26px; }
QComboBox::down-arrow, QDateEdit::down-arrow { width: 14px; height: 14px;
  image: url("$pictures/chevron-down.svg"); }
QComboBox::down-arrow:disabled { image: none; }
QComboBox QAbstractItemView { background: $surface; color: $text;
  border: 1px solid $line; selection-background-color: $accent_soft;
  selection-color: $text; outline: none; }
QCheckBox, QRadioButton { spacing: 8px; padding: 1px 6px 1px 2px;
  border: 2px solid transparent; border-radius: ${radius_s}px; outline: none; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px;
  border: 1px solid $control_line; background: $surface; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent;
  image: url("$pictures/check.svg"); }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 8px;
  height: 8px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {
  background: $sunken; border-color: $line; }
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QTableView, QListView { background: $surface; alternate-background-color: $surface;
  border: 1px solid $line; border-radius: ${radius}px; gridline-color: transparent;
  selection-background-color: $accent_soft; selection-color: $text; outline: none; }
QTableView:focus, QListView:focus { border-color: $focus; }
QTableView::item { border-bottom: 1px solid $line; padding: 0 8px; }
QTableView::item:selected { background: $accent_soft; color: $text; }
QHeaderView { background: transparent; }
QHeaderView::section { background: $surface; color: $muted; border: none;
  border-bottom: 1px solid $line; padding: 6px 10px; font-size: ${t_small}pt; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar::handle:vertical { background: $control_line; border-radius: 4px;
  min-height: 28px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle:horizontal { background: $control_line; border-radius: 4px;
  min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip { background: $surface; color: $text; border: 1px solid $line;
  padding: 5px; }
QMenu { background: $surface; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 22px; border-radius: ${radius_s}px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QProgressBar { background: $sunken; border: none; border-radius: 3px;
  max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QDialog { background: $surface; }
"""
)


def build_sheet(
    colours: Mapping[str, str],
    *,
    points: Mapping[str, float],
    radius: int,
    pictures: str,
) -> str:
    """Return the style sheet for a theme.

    Args:
        colours: semantic colours by name.
        points: type sizes by name.
        radius: corner radius of controls; cards use one and a half of it.
        pictures: folder with the tinted pictures that a sheet can only name.
    """
    return _SHEET.substitute(
        colours,
        radius=radius,
        pictures=pictures,
        radius_s=radius // 2,
        radius_l=radius * 3 // 2,
        **{f"t_{name}": value for name, value in points.items()},
    )
