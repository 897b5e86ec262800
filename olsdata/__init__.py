"""Population management for Wallonia's ten OLS territories: facts, zonings, figures."""
