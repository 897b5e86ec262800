"""Measures of speed and memory: printed, never asserted."""

import olsdata  # noqa: F401  before numpy, as in the dashboard: it limits the threads of products
