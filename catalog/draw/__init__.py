"""Draws the demo catalog: one photo-like picture and one CSV row for each item."""
