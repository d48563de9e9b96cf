"""Words, charts, a map: one HTML file."""
