"""Safety Client: see and control your safety on every network you use."""

__version__ = "0.1.0"
