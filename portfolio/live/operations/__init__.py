"""Writes to calendars, shows and what is reported of them."""
