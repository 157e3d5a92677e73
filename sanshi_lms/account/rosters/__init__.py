"""Rosters (名册): people and units from tables, looked over, then taken in by stable keys."""
