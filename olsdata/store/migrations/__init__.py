"""Alembic migrations, run at first use; ``versions/`` holds one file per schema."""
