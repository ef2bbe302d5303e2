"""Safety Client: see and control your safety on every network you use."""
