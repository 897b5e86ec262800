"""Official figures brought in by the user: asked of WalStat, or read from a downloaded file.

Nothing here goes on the network unless the user asks for it. What comes in is checked whole, shown
as a difference with what was known, and kept in the local layer: ``geodata/`` never changes.
"""
