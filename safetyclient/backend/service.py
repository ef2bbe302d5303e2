"""What every operation shares: database, clock, settings, passwords, limits."""

from __future__ import annotations

from dataclasses import dataclass

from safetyclient.backend.clock import Clock
from safetyclient.backend.database import Database
from safetyclient.backend.limits import RateLimiter
from safetyclient.backend.passwords import Passwords
from safetyclient.backend.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of one running server; `origin` has no slash at its end."""

    database: Database
    clock: Clock
    settings: Settings
    passwords: Passwords
    origin: str
    requests: RateLimiter
    logins_by_account: RateLimiter
    logins_by_address: RateLimiter

    @classmethod
    def assemble(
        cls, database: Database, *, clock: Clock, settings: Settings, origin: str
    ) -> Service:
        """Return a service whose limits follow the settings."""
        return cls(
            database=database,
            clock=clock,
            settings=settings,
            passwords=Passwords(settings),
            origin=origin,
            requests=RateLimiter(clock, per_minute=settings.requests_per_minute),
            logins_by_account=RateLimiter(
                clock, per_minute=settings.logins_per_account
            ),
            logins_by_address=RateLimiter(
                clock, per_minute=settings.logins_per_address
            ),
        )
