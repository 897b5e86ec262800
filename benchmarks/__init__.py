"""Measures of speed and memory: printed, never asserted."""
