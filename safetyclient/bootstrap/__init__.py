"""The one place that knows concrete classes: opens, and closes in reverse."""
