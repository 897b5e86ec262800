"""What leaves the dashboard: tables and documents."""
