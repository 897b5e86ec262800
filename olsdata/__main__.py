"""``python -m olsdata``: every number of the dashboard from the command line."""

from olsdata.cli import main

main()
