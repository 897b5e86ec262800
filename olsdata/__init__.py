"""Population management for Wallonia's ten OLS territories: facts, zonings, figures."""

import os

# Our matrices are small: sharing a product among threads takes thirty times the product itself
# when the other cores are busy, and its last digits would depend on how many cores there are.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
