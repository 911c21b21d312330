"""Venues with their calendars, concerts with their shows, and venue collaborations in the staff admin."""

from portfolio.live.admin import bookings, collaborations, concerts, shows, venues

__all__ = ["bookings", "collaborations", "concerts", "shows", "venues"]
