"""Writes about productions: steps, schedules, deliverables."""
