"""How right is it: past episodes and market reactions."""
