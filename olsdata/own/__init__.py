"""A facilitator's own indicator: a file of the field, with the card that it must have."""
