"""The reference server alone."""
